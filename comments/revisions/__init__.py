"""What comments said before they were edited, and how that differs from what they say now."""
