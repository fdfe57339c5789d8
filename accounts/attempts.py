"""Limits of attempts to sign in, to sign up and to have mail sent, counted in the database for all processes."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.limits import Limit, give_back, in_words, take
from accounts.people import email_hash, network_hash

QUARTER, HOUR = 15 * 60, 60 * 60

# Per account and network: whoever guesses from one place does not lock the member out in another.
SIGN_IN = Limit("sign-in", 5, QUARTER)
SIGN_IN_NETWORK = Limit("sign-in-net", 30, QUARTER)
# Who gets here knows the password already. The wider one is for guesses from many networks: 1,920 a day of a million.
SECOND_FACTOR = Limit("second-factor", 5, QUARTER)
SECOND_FACTOR_ACCOUNT = Limit("second-factor-account", 20, QUARTER)
SIGN_UP = Limit("sign-up", 10, HOUR)
# For each mailbox, so that no stranger can fill one; for each network, so that nobody can fill many.
MAIL = Limit("mail", 5, HOUR)
MAIL_NETWORK = Limit("mail-net", 20, HOUR)

Claim = tuple[Limit, str]

WAIT = "wait"


class TooMany(Exception):
    """A limit is used up; try again after `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def claim(claims: Iterable[Claim]) -> None:
    """Take one from each limit; if one is used up, take none and raise TooMany."""
    taken: list[Claim] = []
    for limit, who in claims:
        if wait := take(limit, who):
            return_claims(taken)
            raise TooMany(wait)
        taken.append((limit, who))


def return_claims(claims: Iterable[Claim]) -> None:
    """Give back what was taken for an attempt that succeeded: only failures count."""
    for limit, who in claims:
        give_back(limit, who)


def sign_in_claims(email: str, address: str) -> list[Claim]:
    network = network_hash(address)
    return [(SIGN_IN, f"{email_hash(email)[:32]}:{network[:32]}"), (SIGN_IN_NETWORK, network)]


def second_factor_claims(member_id: int, address: str) -> list[Claim]:
    network = network_hash(address)
    return [(SECOND_FACTOR, f"{member_id}:{network[:32]}"), (SECOND_FACTOR_ACCOUNT, str(member_id))]


def passkey_claims(address: str) -> list[Claim]:
    return [(SIGN_IN_NETWORK, network_hash(address))]


def sign_up_claims(address: str) -> list[Claim]:
    return [(SIGN_UP, network_hash(address))]


def mail_claims(email: str, address: str) -> list[Claim]:
    return [(MAIL, email_hash(email)), (MAIL_NETWORK, network_hash(address))]


def wait_in_words(seconds: int) -> str:
    return _("Too many attempts. Please wait %s and try again.") % in_words(seconds)


def wait_error(error: TooMany) -> ValidationError:
    """Return the refusal as an error of a form, which the view answers with 429 (`wait_of`)."""
    return ValidationError(wait_in_words(error.seconds), code=WAIT, params={"seconds": error.seconds})


def wait_of(form) -> int:
    """Return how many seconds this form says to wait, or 0."""
    errors = [error for errors in form.errors.as_data().values() for error in errors]
    return max((error.params["seconds"] for error in errors if error.code == WAIT), default=0)
