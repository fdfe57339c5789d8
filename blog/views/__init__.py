"""Views of posts, pages and lists, one file per noun. A view fetches what this reader may see, and answers."""
