"""Sessions as Django keeps them in the database, without those that a clock wrote which was ahead."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

from accounts import moments


class SessionStore(db.SessionStore):
    """No session is older than its last save, so one that ends later than any saved now holds moments to come.

    A password that was typed "just now", or a code that was mailed: they would be believed for as long as the clock
    was ahead. Its member signs in again.
    """

    def _get_session_from_db(self):
        found = super()._get_session_from_db()
        last_end = moments.latest(timezone.now()) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if found is None or found.expire_date <= last_end:
            return found
        self._session_key = None
        return None
