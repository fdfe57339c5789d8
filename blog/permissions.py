"""Who may write what: each rule returns its reason, or None. The only query is for the person's roles."""

from django.utils.translation import gettext as _

from blog.models import Author, Post


def author_of(user) -> Author | None:
    """Return the author linked to this account, or None; at most one query, cached on the user."""
    if user is None or not user.is_authenticated:
        return None
    return getattr(user, "author", None)


def may_write(user) -> bool:
    """Whether this person may write posts: an author or an owner."""
    return user is not None and user.is_active and (user.is_superuser or _is_author(user))


def _is_author(user) -> bool:
    """Return the value loaded with the session's member (blog/apps.py), else ask the database."""
    known = getattr(user, "is_author", None)
    return author_of(user) is not None if known is None else known


def post_refusal(user, post: Post) -> str | None:
    """Return why `user` may not change `post`, or None. Authors change their own posts (`Post.is_by`)."""
    if not may_write(user):
        return _("Only authors can write posts.")
    if user.is_superuser:
        return None
    if post.is_page:
        return _("Only owners can edit pages.")
    return None if post.is_by(user) else _("This post belongs to another author.")
