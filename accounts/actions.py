"""Write guests and members, and delete what is no longer needed about them. Nothing here sees a request."""

import secrets
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from accounts import limits, moments, people
from accounts.models import Guest, RateBucket, User
from accounts.network import Origin

# A second click, a retry: within this time the same first words from the same hand are one guest's.
SAME_WRITE_WITHIN = timedelta(minutes=10)
# Long enough to find the mail; after that the name is free for somebody else.
CONFIRMED_WITHIN = timedelta(days=1)
# A browser has got its cookie long before: whoever votes again without one after this is somebody else.
SAME_VOTER_WITHIN = timedelta(minutes=1)


def guest_of_first_comment(*, sent: str, name: str, email: str, origin: Origin, now: datetime) -> Guest:
    """Create the guest for a first comment, or return the one that the same submission created just now.

    `sent` identifies the submission: its `once`, or everything that was typed. So a form that is sent twice creates
    one guest, and nobody is taken for another guest unless they typed the same name, address and text.
    """
    known = {
        "name": name,
        "email_hash": people.email_hash(email),
        "network_hash": origin.network_hash,
        "created_at": now,
        "last_written_at": now,
    }
    key = people.first_write_key("comment", sent, name, email, origin.network_hash)
    guest, made = Guest.objects.get_or_create(origin_key=key, defaults=known)
    first, last = moments.just_now(now, SAME_WRITE_WITHIN)
    if made or first < guest.created_at <= last:
        return guest
    return Guest.objects.create(origin_key=secrets.token_hex(32), **known)


def guest_of_the_same_comment(
    *, sent: str, name: str, email: str, origin: Origin, now: datetime
) -> Guest | None:
    """Return the guest that the same submission created just now, or None."""
    key = people.first_write_key("comment", sent, name, email, origin.network_hash)
    written = moments.just_now(now, SAME_WRITE_WITHIN)
    return Guest.objects.filter(origin_key=key, created_at__range=written).first()


@transaction.atomic
def guest_of_first_vote(*, origin: Origin, limit_key: str, now: datetime) -> Guest:
    """Create the guest for a first vote, or return the one that the same browser's vote created just now.

    A browser is recognised by address and user agent, so two equal ones behind one address count as one within a
    minute. Such a guest has no `last_written_at`: it only votes, and whoever comments becomes a guest of their own.
    `limit_key` is the key of a rate limit that was just taken from; its row is the lock that lets two simultaneous
    first votes create one guest.
    """
    RateBucket.objects.select_for_update().filter(pk=limit_key).values_list("pk").first()
    minute = int(now.timestamp() // SAME_VOTER_WITHIN.total_seconds())
    keys = [
        people.first_write_key("vote", origin.address, origin.user_agent, str(number))
        for number in (minute, minute - 1)
    ]
    recent = Guest.objects.filter(
        origin_key__in=keys, created_at__range=moments.just_now(now, SAME_VOTER_WITHIN)
    )
    return recent.order_by("pk").first() or _guest_of_vote(keys[0], origin, now)


def _guest_of_vote(key: str, origin: Origin, now: datetime) -> Guest:
    known = {"network_hash": origin.network_hash, "created_at": now}
    return Guest.objects.get_or_create(origin_key=key, defaults=known)[0]


def guest_of_first_mute(*, origin: Origin, now: datetime) -> Guest:
    """Create a guest for a first mute; it is never shared, even with an identical browser."""
    return Guest.objects.create(
        origin_key=secrets.token_hex(32), network_hash=origin.network_hash, created_at=now
    )


def forget_networks(*, before: datetime) -> int:
    """Delete the network hashes of guests who have not written since `before`; return how many guests changed."""
    quiet = Guest.objects.filter(created_at__lt=before).exclude(last_written_at__gte=before)
    return quiet.exclude(network_hash="").update(network_hash="")


def forget_leftovers(*, now: datetime) -> int:
    """Delete rate limits that are full again and expired sessions; return how many rows were deleted."""
    ended, _kinds = Session.objects.filter(expire_date__lt=now).delete()
    if ended:
        # Their entries in members' lists of devices.
        UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    forget_stale_sign_ups(now=now)
    return ended + limits.forget_unused(now=now.timestamp())


# --- members --------------------------------------------------------------------------------------------------


@transaction.atomic
def change_name(member: User, name: str) -> None:
    """Change a member's name. Raises IntegrityError if somebody took it a moment ago."""
    member.display_name = name
    member.save(update_fields=["display_name"])


def choose_theme(member: User, theme: str) -> None:
    """Save the member's theme, for devices on which none was chosen."""
    member.theme = theme
    member.save(update_fields=["theme"])


def choose(member: User, **wishes: bool) -> None:
    """Save switches of a member's settings: `shortcuts`, `note_mails`."""
    for name, is_on in wishes.items():
        setattr(member, name, is_on)
    member.save(update_fields=list(wishes))


@transaction.atomic
def prove_address(member: User) -> None:
    """Mark the member's address as confirmed, and delete other ones: an owner has entered it."""
    email = member.email.lower()
    EmailAddress.objects.filter(user=member).exclude(email=email).delete()
    EmailAddress.objects.update_or_create(
        user=member, email=email, defaults={"verified": True, "primary": True}
    )


@transaction.atomic
def forget_sign_up(member_id: int | None) -> None:
    """Delete an account whose address was never confirmed and that nobody has signed in to."""
    _never_confirmed().filter(pk=member_id).delete()


def forget_stale_sign_ups(*, now: datetime) -> int:
    """Delete accounts that were not confirmed within a day, so that their names are free; return how many rows went."""
    return _never_confirmed().filter(date_joined__lt=now - CONFIRMED_WITHIN).delete()[0]


def _never_confirmed() -> QuerySet:
    return User.objects.unproven().filter(last_login=None)


@transaction.atomic
def forget_second_factor(member: User) -> int:
    """Delete a member's passkeys, app and recovery codes; return how many there were. For members who lost them."""
    return Authenticator.objects.filter(user=member).delete()[0]
