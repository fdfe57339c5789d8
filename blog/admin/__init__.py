"""The authors' admin of the blog, one file per noun. Each file says who may do what, not Django's permissions."""

from blog.admin import authors, figures, pages, posts, site, sources, topics

__all__ = ["authors", "figures", "pages", "posts", "site", "sources", "topics"]
