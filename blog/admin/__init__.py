"""The authors' admin of the blog, one file per noun; who may do what is said there, not in Django's permissions."""

from blog.admin import authors, figures, pages, posts, site, sources, topics

__all__ = ["authors", "figures", "pages", "posts", "site", "sources", "topics"]
