"""Django's sessions in the database, except those written by a clock that was running ahead."""

from datetime import timedelta

from django.conf import settings
from django.contrib.sessions.backends import db
from django.utils import timezone

from accounts import moments


class SessionStore(db.SessionStore):
    """Refuse sessions that end later than any session saved now: a clock that was running ahead wrote them.

    The times in them (password confirmed, code mailed) would be believed for too long, so the member signs in again.
    """

    def _get_session_from_db(self):
        found = super()._get_session_from_db()
        last_end = moments.latest(timezone.now()) + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        if found is None or found.expire_date <= last_end:
            return found
        self._session_key = None
        return None
