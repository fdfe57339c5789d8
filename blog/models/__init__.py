"""Models of posts and everything they are made of. One file per noun."""

from blog.models.authors import Author, AuthorHandle
from blog.models.figures import CaptionFormat, Figure, figure_data
from blog.models.pages import OldAddress, PageState
from blog.models.posts import (
    BodyFormat,
    Byline,
    CommentPolicy,
    Page,
    Post,
    PostCategory,
    PostKind,
    PostState,
    PostTag,
    ShownIn,
)
from blog.models.site import SiteSettings
from blog.models.sources import Article, Publication, PublicationAlias, Quotation
from blog.models.topics import Category, Tag

__all__ = [
    "Article",
    "Author",
    "AuthorHandle",
    "BodyFormat",
    "Byline",
    "CaptionFormat",
    "Category",
    "CommentPolicy",
    "Figure",
    "OldAddress",
    "Page",
    "PageState",
    "Post",
    "PostCategory",
    "PostKind",
    "PostState",
    "PostTag",
    "Publication",
    "PublicationAlias",
    "Quotation",
    "ShownIn",
    "SiteSettings",
    "Tag",
    "figure_data",
]
