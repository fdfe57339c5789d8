"""Backs up a running site into one file, and restores it; never deletes anything that exists."""
