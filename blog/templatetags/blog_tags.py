"""Template tags: times, absolute URLs, stored HTML, structured data."""

import json
from datetime import date, datetime
from urllib.parse import urlencode

from django import template
from django.template.base import NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.template.exceptions import TemplateSyntaxError
from django.templatetags.i18n import TranslateNode
from django.templatetags.static import StaticNode
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext

from blog import markup, menu
from blog.article_cache import COUNT_MARK, Parts
from blog.models import Post, SiteSettings
from blog.sections import Section
from web import absolute_urls, dates

register = template.Library()

# As django.utils.html.json_script does: nothing in the data can close the element or open a comment.
_JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.filter
def stored(html: str) -> SafeString:
    """Mark HTML as safe that was sanitised when it was stored."""
    return markup.trusted(html)


@register.simple_tag
def article(parts: Parts, post: Post | None = None, section: Section | None = None) -> SafeString:
    """Return a post's article with the number of comments inserted."""
    count = ""
    if post is not None and section is not None:
        address = f"{post.get_absolute_url()}#{section.anchor}"
        count = format_html('&nbsp;· <a href="{}">{}</a>', address, comments(section.count))
    return markup.trusted(parts.article.replace(COUNT_MARK, count, 1))


@register.simple_tag(takes_context=True)
def section_under_post(context: Context, section: Section) -> SafeString:
    """Render the section under the post, which another app has built in the view."""
    values = {**section.values, "viewer": context["viewer"], "csrf_token": context.get("csrf_token")}
    # A context that is being rendered always has its template.
    assert context.template is not None
    template_of_section = context.template.engine.get_template(section.template)
    return template_of_section.render(context.new(values))


@register.simple_tag(takes_context=True)
def page_at(context: Context, path: str) -> str:
    """Return the URL of the public page with this path, or ""."""
    request = getattr(context, "request", None)
    return menu.standing(getattr(request, "site", None) or SiteSettings.load()).at(path)


@register.filter
def absolute(path: str) -> str:
    return absolute_urls.absolute(path)


@register.filter
def moment(value: datetime) -> SafeString:
    """“3 March, 09:14” as <time>."""
    return _time(value, dates.moment(value))


@register.filter
def long_moment(value: datetime) -> SafeString:
    """“Tue 3 March 2026, 09:14” as <time>."""
    return _time(value, dates.long_moment(value))


@register.filter
def clock(value: datetime) -> SafeString:
    """“09:14” as <time>, under a heading that says the day."""
    return _time(value, dates.clock(value))


def _time(value: datetime, words: str) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', dates.machine(value), dates.full_moment(value), words
    )


@register.filter
def day(value: date) -> SafeString:
    """“Tuesday 3 March” as <time>, in the two lines that hang in the margin."""
    return format_html(
        '<time datetime="{}"><span>{}</span> {}</time>',
        value.isoformat(),
        dates.weekday(value),
        dates.day(value),
    )


@register.filter
def comments(number: int) -> str:
    """“1 comment”, “214 comments”. A filter, since a block tag for each post of a list costs ten times as much."""
    return ngettext("%(number)s comment", "%(number)s comments", number) % {"number": thousands(number)}


@register.filter
def thousands(number: int) -> str:
    """Write a number as readers do: “1,204”."""
    return formats.number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def month_name(number: int) -> str:
    return dates.month_name(number)


@register.filter
def source_date(text: str) -> str:
    return dates.source_day(text)


@register.simple_tag(takes_context=True)
def canonical(context, *keys: str) -> str:
    """Return the absolute URL of this page, with only `keys` of its query."""
    request = context["request"]
    kept = {key: request.GET[key] for key in keys if request.GET.get(key)}
    return absolute_urls.absolute(request.path + (f"?{urlencode(kept)}" if kept else ""))


@register.filter
def machine(value: datetime) -> str:
    return dates.machine(value)


@register.simple_tag
def json_ld(data: dict) -> SafeString:
    """Return a data block for search engines; the CSP allows it, since it is not a script."""
    text = json.dumps(data, ensure_ascii=False).translate(_JSON_ESCAPES)
    return markup.trusted(f'<script type="application/ld+json">{text}</script>')


# --- what is always the same ----------------------------------------------------------------------------------


class Unchanging(template.Node):
    """A part of a template that is the same on every page; rendered once for each language."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.printed: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        if language not in self.printed:
            self.printed[language] = self.nodelist.render(context)
        return self.printed[language]


@register.tag
def unchanging(parser: Parser, token: Token) -> Unchanging:
    """Cache the output up to `endunchanging`: only translated words and static files, nothing from the page.

    Rendering forty of these took one millisecond of every page of a post.
    """
    nodelist = parser.parse(("endunchanging",))
    parser.delete_first_token()
    for node in nodelist:
        if not _is_constant(node):
            raise TemplateSyntaxError(f"{node!r} may differ between pages: it is not unchanging")
    return Unchanging(nodelist)


def _is_constant(node: template.Node) -> bool:
    if isinstance(node, TranslateNode):
        # What it translates is written as a literal, which looks nothing up; and it sets no variable.
        return node.filter_expression.var.lookups is None and node.asvar is None
    if isinstance(node, StaticNode):
        return isinstance(node.path.var, str) and node.varname is None
    return isinstance(node, TextNode)
