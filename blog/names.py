"""Whose names nobody else may take: the site's, its authors' and those of the publications it quotes."""

from collections.abc import Collection

from django.db.models import CharField, F, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.names import keys_of
from blog.models import Author, Publication, SiteSettings

REFUSALS = {
    "site": _("This is the name of this site. Please choose another."),
    "author": _("This name belongs to an author here. Please choose another."),
    "publication": _("This name belongs to a publication quoted here. Please choose another."),
}


def refusal(keys: Collection[str], member: User | None = None) -> str | None:
    """Return why a name with one of these keys may not be taken, in words, or None; one query.

    A member may be called as the author who they are.
    """
    authors = (
        Author.objects.exclude(user=member) if member is not None and member.pk else Author.objects.all()
    )
    rows = _named(SiteSettings.objects.all(), "site", "name", "name_key", keys).union(
        _named(authors, "author", "name", "name_key", keys),
        _named(Publication.objects.all(), "publication", "name", "name_key", keys),
        _named(Publication.objects.exclude(full_name=""), "publication", "full_name", "full_name_key", keys),
        all=True,
    )
    for kind, name, key in rows:
        # Code of before this column wrote rows without a key.
        if key in keys or (not key and not keys_of(name).isdisjoint(keys)):
            return str(REFUSALS[kind])
    return None


def _named(rows: QuerySet, kind: str, name: str, key: str, keys: Collection[str]) -> QuerySet:
    """Return kind, name and key of the rows that have one of these keys, or none yet."""
    asked = rows.order_by().filter(Q(**{f"{key}__in": keys}) | Q(**{key: ""}))
    return asked.values_list(Value(kind, CharField()), F(name), F(key))
