"""The only place that decides which HTML is safe: text in, sanitised HTML out. No requests, no models.

Chain of every text: cap (`check_comment_text`), signs nobody can have meant, render, words in angle brackets, tidy,
bleach, addresses, nh3, then nothing. What comes out is stored and shown as it is. Only this package imports bleach and
nh3, and only `trusted` calls mark_safe.
"""

from blog.markup.addresses import host_of, link_address, web_address
from blog.markup.caption import render_caption
from blog.markup.clippings import QuotedSource
from blog.markup.comment import MOST_CHARACTERS, TextRefused, check_comment_text, render_comment
from blog.markup.elements import elements_only
from blog.markup.marking import mark
from blog.markup.mentions import CommentLinks
from blog.markup.paragraphs import paragraphs_from_blank_lines
from blog.markup.pictures import FigureData, FiguresByNumber
from blog.markup.post import RenderedPost, render_post, unusable_source_addresses
from blog.markup.sanitiser import bare_text, plain_text, trusted

# Raise it when the same text would give other HTML; `rerender` then writes the stored HTML anew.
MARKUP_VERSION = 4

__all__ = [
    "MARKUP_VERSION",
    "MOST_CHARACTERS",
    "CommentLinks",
    "FigureData",
    "FiguresByNumber",
    "QuotedSource",
    "RenderedPost",
    "TextRefused",
    "bare_text",
    "check_comment_text",
    "elements_only",
    "host_of",
    "link_address",
    "mark",
    "paragraphs_from_blank_lines",
    "plain_text",
    "render_caption",
    "render_comment",
    "render_post",
    "trusted",
    "unusable_source_addresses",
    "web_address",
]
