"""Warnings for authors before publishing, as sentences. They block nothing."""

import re
from functools import partial

from django.utils.translation import gettext as _

from blog import markup
from blog.models import Post, figure_data

# "to come", as editors mark what is still missing.
_TK = re.compile(r"\bTK\b")


def warnings_for(post: Post) -> list[str]:
    """Return a sentence for each probable mistake in a saved post."""
    found = [_("“TK” is still in the text, on line %d.") % line for line in lines_with_tk(post.body)]
    if _TK.search(f"{post.title} {post.dek} {post.excerpt}"):
        found.append(_("“TK” is still in the title, the dek or the excerpt."))
    if not post.is_page and not post.post_categories.exists():
        found.append(_("The post has no category."))
    return found + _lost_parts(post)


def lines_with_tk(body: str) -> list[int]:
    return [number for number, line in enumerate(body.splitlines(), start=1) if _TK.search(line)]


def _lost_parts(post: Post) -> list[str]:
    """Return warnings about sources and figures that readers will not see as intended."""
    # Only figures that its author could use: others count as missing.
    figures = partial(figure_data, usable=post.figures.all())
    rendered = markup.render_post(post.body, body_format=post.body_format, figures=figures)
    found = []
    if rendered.plain_sources:
        found.append(_("A source block has no publication or link, so it appears as a plain quotation."))
    found += [_("Figure %d doesn't exist; nothing is shown.") % number for number in rendered.missing_figures]
    if rendered.nameless_figures:
        found.append(_("A figure block has no number, so nothing is shown. Write “id: 12”, for example."))
    return found
