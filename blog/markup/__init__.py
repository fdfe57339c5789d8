"""The one place where it is decided which HTML is safe: text in, sanitised HTML out; it knows no request and no model.

Chain of every text: cap (`check_comment_text`), render, tidy, bleach, addresses, nh3, then nothing. What comes out is
stored and shown as it is. Only this package imports bleach and nh3, and only `trusted` calls mark_safe.
"""

from blog.markup.clippings import QuotedSource
from blog.markup.comment import MOST_CHARACTERS, TextRefused, check_comment_text, render_comment
from blog.markup.marking import mark
from blog.markup.mentions import CommentLinks
from blog.markup.paragraphs import paragraphs_from_blank_lines
from blog.markup.pictures import FigureData
from blog.markup.post import RenderedPost, render_post
from blog.markup.sanitiser import bare_text, plain_text, trusted

# Raise it when the same text would give other HTML; `rerender` then writes the stored HTML anew.
MARKUP_VERSION = 2

__all__ = [
    "MARKUP_VERSION",
    "MOST_CHARACTERS",
    "CommentLinks",
    "FigureData",
    "QuotedSource",
    "RenderedPost",
    "TextRefused",
    "bare_text",
    "check_comment_text",
    "mark",
    "paragraphs_from_blank_lines",
    "plain_text",
    "render_comment",
    "render_post",
    "trusted",
]
