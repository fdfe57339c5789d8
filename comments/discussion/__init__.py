"""What pages show of a discussion: all of it, one comment, what is new, or the results of a search."""
