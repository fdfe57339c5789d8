"""Checks that trees, numbers, counts and scores are right, and repairs them."""
