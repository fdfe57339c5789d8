"""Limits of what one person or network may write; refusals say how long to wait."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.limits import Limit, in_words, take, waits
from accounts.models import User
from accounts.network import Origin
from comments.actions.common import TooMany
from comments.models import DiscussionSettings
from comments.permissions import Writer

MINUTE, HOUR, DAY = 60, 3600, 86_400
# Only programs edit more often.
EDITS = Limit("edits", 30, 10 * MINUTE)
MUTES_PER_MINUTE = 30


def look_before_comment(writer: Writer | None, origin: Origin, settings: DiscussionSettings) -> None:
    """Raise TooMany if `take_comment` would, before the costly work; takes nothing."""
    limits = _of_comments(writer, settings)
    for limit, wait in zip(limits, waits(limits, _who(writer, origin)), strict=True):
        if wait:
            raise TooMany(_words(writer, limit, wait), seconds=wait)


def take_comment(writer: Writer | None, origin: Origin, settings: DiscussionSettings) -> None:
    """Count one comment of this member or this guest's network. Raises TooMany."""
    for limit in _of_comments(writer, settings):
        wait = take(limit, _who(writer, origin))
        if wait:
            raise TooMany(_words(writer, limit, wait), seconds=wait)


def _of_comments(writer: Writer | None, settings: DiscussionSettings) -> list[Limit]:
    if isinstance(writer, User):
        return [Limit("comments", settings.member_comments_per_10_minutes, 10 * MINUTE)]
    return [
        Limit("comments", settings.guest_comments_per_10_minutes, 10 * MINUTE),
        Limit("comments-day", settings.guest_comments_per_day, DAY),
    ]


def take_vote(voter: Writer | None, origin: Origin, settings: DiscussionSettings) -> str:
    """Count one vote, and return the key of its bucket. Raises TooMany."""
    limit = Limit("votes", settings.votes_per_minute, MINUTE)
    wait = take(limit, _who(voter, origin))
    if wait:
        words = _("You’re voting too fast. Try again in %(wait)s.")
        raise TooMany(words % {"wait": in_words(wait)}, seconds=wait)
    return limit.key(_who(voter, origin))


def take_report(reporter: Writer | None, origin: Origin, settings: DiscussionSettings) -> str:
    """Count one report, and return the key of its bucket. Raises TooMany."""
    limit = Limit("reports", settings.reports_per_hour, HOUR)
    wait = take(limit, _who(reporter, origin))
    if wait:
        words = _("You’re reporting too fast. Try again in %(wait)s.")
        raise TooMany(words % {"wait": in_words(wait)}, seconds=wait)
    return limit.key(_who(reporter, origin))


def look_before_edit(writer: Writer) -> None:
    """Raise TooMany if `take_edit` would, before the costly work; takes nothing."""
    _refuse_edits(waits([EDITS], _person(writer))[0])


def take_edit(writer: Writer) -> None:
    """Count one edit of this member or guest. Raises TooMany."""
    _refuse_edits(take(EDITS, _person(writer)))


def _refuse_edits(wait: int) -> None:
    if wait:
        words = _("You’re editing too fast. Try again in %(wait)s.")
        raise TooMany(words % {"wait": in_words(wait)}, seconds=wait)


def _person(writer: Writer) -> str:
    """Return whose limit of edits counts: the member's or the guest's, who needs the cookie to edit at all."""
    return f"{'member' if isinstance(writer, User) else 'guest'}-{writer.pk}"


def take_mute(owner: Writer | None, origin: Origin) -> None:
    """Count one mute, by network for guests, because deleting the cookie makes a new guest. Raises TooMany."""
    wait = take(Limit("mutes", MUTES_PER_MINUTE, MINUTE), _who(owner, origin))
    if wait:
        words = _("You’re muting too fast. Try again in %(wait)s.")
        raise TooMany(words % {"wait": in_words(wait)}, seconds=wait)


def _who(writer: Writer | None, origin: Origin) -> str:
    """Return whose limit counts: the member's, or that of the guest's network, because a cookie is easily deleted."""
    if isinstance(writer, User):
        return f"member-{writer.pk}"
    return origin.network_hash or "unknown"


def _words(writer: Writer | None, limit: Limit, wait: int) -> str:
    """Say which limit of comments was reached; a guest's is that of everybody on their network."""
    if limit.most < 1:
        return _("Only members can comment here at the moment.")
    if limit.seconds == DAY:
        words = _("Too many comments have come from your network today. You can post again in %(wait)s.")
        return words % {"wait": in_words(wait)}
    if isinstance(writer, User):
        words = ngettext(
            "You’ve posted %(count)d comment in a short time. You can post this one in %(wait)s.",
            "You’ve posted %(count)d comments in a short time. You can post this one in %(wait)s.",
            limit.most,
        )
    else:
        words = ngettext(
            "Your network has posted %(count)d comment in a short time. You can post this one in %(wait)s.",
            "Your network has posted %(count)d comments in a short time. You can post this one in %(wait)s.",
            limit.most,
        )
    return words % {"count": limit.most, "wait": in_words(wait)}
