"""How much one person or network may write: in plain words, with the time to wait."""

from django.utils.translation import gettext as _

from accounts.limits import Limit, in_words, take, waits
from accounts.models import User
from accounts.network import Origin
from comments.actions.common import TooMany
from comments.models import DiscussionSettings
from comments.permissions import Writer

MINUTE, HOUR, DAY = 60, 3600, 86_400
MUTES_PER_MINUTE = 30


def look_before_comment(writer: Writer | None, origin: Origin, settings: DiscussionSettings) -> None:
    """Raise TooMany where `take_comment` would, before work in vain; nothing is taken."""
    limits = _of_comments(writer, settings)
    for limit, wait in zip(limits, waits(limits, _who(writer, origin)), strict=True):
        if wait:
            raise TooMany(_words(limit, wait), seconds=wait)


def take_comment(writer: Writer | None, origin: Origin, settings: DiscussionSettings) -> None:
    """Take one comment from what this member, or this guest's network, may still write. Raises TooMany."""
    for limit in _of_comments(writer, settings):
        wait = take(limit, _who(writer, origin))
        if wait:
            raise TooMany(_words(limit, wait), seconds=wait)


def _of_comments(writer: Writer | None, settings: DiscussionSettings) -> list[Limit]:
    if isinstance(writer, User):
        return [Limit("comments", settings.member_comments_per_10_minutes, 10 * MINUTE)]
    return [
        Limit("comments", settings.guest_comments_per_10_minutes, 10 * MINUTE),
        Limit("comments-day", settings.guest_comments_per_day, DAY),
    ]


def take_vote(voter: Writer | None, origin: Origin, settings: DiscussionSettings) -> str:
    """Take one vote, and return the key of the bucket it was taken from. Raises TooMany."""
    limit = Limit("votes", settings.votes_per_minute, MINUTE)
    wait = take(limit, _who(voter, origin))
    if wait:
        raise TooMany(
            _("You have voted very often just now. You can vote again in %s.") % in_words(wait), seconds=wait
        )
    return limit.key(_who(voter, origin))


def take_mute(owner: Writer | None, origin: Origin) -> None:
    """Take one mute: whoever throws the cookie away each time would be a new guest each time. Raises TooMany."""
    wait = take(Limit("mutes", MUTES_PER_MINUTE, MINUTE), _who(owner, origin))
    if wait:
        raise TooMany(_("You have muted a lot just now. You can go on in %s.") % in_words(wait), seconds=wait)


def _who(writer: Writer | None, origin: Origin) -> str:
    """Return whose limit it is: a member's own, or that of a guest's network, for there cookies are thrown away."""
    if isinstance(writer, User):
        return f"member-{writer.pk}"
    return origin.network_hash or "unknown"


def _words(limit: Limit, wait: int) -> str:
    if limit.most < 1:
        return _("Guests cannot comment here at the moment. Members can.")
    if limit.seconds == DAY:
        return _(
            "Your network has written %(most)d comments within a day. You can post again in %(wait)s."
        ) % {
            "most": limit.most,
            "wait": in_words(wait),
        }
    return _(
        "No more than %(most)d comments can be posted in a short time. You can post this one in %(wait)s."
    ) % {
        "most": limit.most,
        "wait": in_words(wait),
    }
