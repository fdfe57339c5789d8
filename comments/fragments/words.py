"""Our own words under comments as HTML, made once for each language."""

from functools import cache
from typing import NamedTuple

from django.utils.translation import get_language

from comments.fragments.text import ascii_html, translated, with_hidden


class Words(NamedTuple):
    """Words of one language, translated and escaped; `%(name)s` in them is for an escaped name."""

    in_reply_to: str
    more: str
    more_on_gone: str
    to: str
    reply: str
    edit: str
    up: str
    down: str
    edited: str
    guest: str
    next_thread: str
    show_muted: str
    muted_person: str
    muted_branch: str
    new: str
    next_new: str


def words() -> Words:
    """Return the words in the language of this request."""
    return _words_in(get_language())


@cache
def _words_in(_language: str | None) -> Words:
    """Make the words in the active language, which is the one given."""
    to = translated("to %(name)s")
    # Not inside an f-string, where gettext does not look for messages.
    in_reply_to, guest = translated("In reply to"), translated("guest")
    return Words(
        in_reply_to=ascii_html(f'<span aria-hidden="true">↑</span> <span class="vh">{in_reply_to}</span> '),
        more=with_hidden(translated("More"), translated("on %(name)s’s comment")),
        more_on_gone=with_hidden(translated("More"), translated("on %(name)s")),
        to=to,
        reply=with_hidden(translated("Reply"), to),
        edit=with_hidden(translated("Edit"), translated("your comment")),
        up=translated("Upvote %(name)s’s comment"),
        down=translated("Downvote %(name)s’s comment"),
        edited=translated("edited"),
        guest=f' <span class="guest">{guest}</span>',
        next_thread=translated("Next thread"),
        show_muted=with_hidden(translated("Show"), translated("what they wrote")),
        muted_person=translated("Muted reader"),
        muted_branch=translated("Muted"),
        new=translated("New"),
        next_new=translated("Next new"),
    )
