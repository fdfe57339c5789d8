"""Who may write what: each rule answers with its reason, or None. It never queries beyond the person's own roles."""

from django.utils.translation import gettext as _

from blog.models import Author, Post


def author_of(user) -> Author | None:
    """Return the author row of this account, kept on the user object, or None."""
    if user is None or not user.is_authenticated:
        return None
    return getattr(user, "author", None)


def may_write(user) -> bool:
    """Whether this person writes posts here: an author, or an owner."""
    return user is not None and user.is_active and (user.is_superuser or _is_author(user))


def _is_author(user) -> bool:
    """Return what came with the member of a session (blog/apps.py), else ask the database."""
    known = getattr(user, "is_author", None)
    return author_of(user) is not None if known is None else known


def post_refusal(user, post: Post) -> str | None:
    """Return why `user` may not change `post`, or None. Own post: made by them or with their byline."""
    if not may_write(user):
        return _("Only authors can write posts.")
    if user.is_superuser:
        return None
    if post.is_page:
        return _("Only owners can edit pages.")
    if post.created_by_id == user.pk:
        return None
    author = author_of(user)
    if any(byline.author_id == author.pk for byline in post.bylines.all()):
        return None
    return _("This post belongs to another author.")
