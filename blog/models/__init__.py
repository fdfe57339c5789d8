"""What is written: the data of posts and everything a post is made of. One file per noun."""

from blog.models.authors import Author, AuthorHandle
from blog.models.figures import Figure
from blog.models.pages import OldAddress, PageState
from blog.models.posts import BodyFormat, Byline, CommentPolicy, Post, PostCategory, PostState, PostTag
from blog.models.site import SiteSettings
from blog.models.sources import Article, Publication, PublicationAlias, Quotation
from blog.models.topics import Category, Tag

__all__ = [
    "Article",
    "Author",
    "AuthorHandle",
    "BodyFormat",
    "Byline",
    "Category",
    "CommentPolicy",
    "Figure",
    "OldAddress",
    "PageState",
    "Post",
    "PostCategory",
    "PostState",
    "PostTag",
    "Publication",
    "PublicationAlias",
    "Quotation",
    "SiteSettings",
    "Tag",
]
