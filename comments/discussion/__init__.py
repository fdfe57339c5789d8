"""What pages show of a discussion: all of it, one comment, what has come since, what was found in it."""
