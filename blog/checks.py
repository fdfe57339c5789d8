"""What an author should look at before publishing, in words; it blocks nothing."""

import re

from django.utils.translation import gettext as _

from blog import markup
from blog.models import Figure, Post

# "to come", as editors mark what is still missing.
_TK = re.compile(r"\bTK\b")
_SOURCE = re.compile(r"^:::[ \t]*source[ \t]*$", re.MULTILINE)
_FIGURE = re.compile(r"^id:[ \t]*#?(\d{1,9})[ \t]*$|data-figure=[\"']?(\d{1,9})", re.MULTILINE)


def warnings_for(post: Post) -> list[str]:
    """Return a sentence for each thing that is probably not meant: the post is saved already."""
    found = [_("“TK” is still in the text, on line %d.") % line for line in lines_with_tk(post.body)]
    if _TK.search(f"{post.title} {post.dek} {post.excerpt}"):
        found.append(_("“TK” is still in the title, the dek or the excerpt."))
    if not post.filed.exists():
        found.append(_("The post has no category."))
    return found + _lost_sources(post) + _lost_figures(post)


def lines_with_tk(body: str) -> list[int]:
    return [number for number, line in enumerate(body.splitlines(), start=1) if _TK.search(line)]


def _lost_sources(post: Post) -> list[str]:
    """Name the source blocks that are shown as plain quotations, because they say neither who nor where."""
    if post.body_format != "markdown" or not (blocks := len(_SOURCE.findall(post.body))):
        return []
    known = len(markup.render_post(post.body, body_format=post.body_format).sources)
    if known >= blocks:
        return []
    return [_("A source block names neither a publication nor an address and is shown as a plain quotation.")]


def _lost_figures(post: Post) -> list[str]:
    asked = figures_named(post.body)
    lost = asked - set(Figure.objects.filter(pk__in=asked).values_list("pk", flat=True))
    return [_("There is no figure %d; nothing is shown in its place.") % number for number in sorted(lost)]


def figures_named(body: str) -> set[int]:
    """Return the numbers of the figures that the text asks for."""
    return {int(number) for found in _FIGURE.findall(body) for number in found if number}
