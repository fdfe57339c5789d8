"""The pages of what is written, one file per noun; a view fetches as this reader, and answers."""
