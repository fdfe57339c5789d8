"""Import of a WordPress export (WXR): read and judged as a whole first, then written post by post."""
