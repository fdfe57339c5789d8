"""Proves that trees, numbers, counts and scores are what they must be, and puts right what is not."""
