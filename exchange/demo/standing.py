"""Creates the pages of a new site: house rules, and drafts for its owner to finish; changes no existing page."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from blog import actions, menu
from blog.models import CommentPolicy, Post, PostKind, PostState, ShownIn
from comments.moderation import reasons
from exchange.demo import content


def make_standing_pages() -> list[Post]:
    """Make them, unless the site has a page already; return those made.

    The rules are public, since forms lead to them: they say what moderators choose from. Only the owner can say what
    the site is about and whether its privacy is as the draft has it.
    """
    if Post.objects.pages().exists():
        return []
    privacy = content.page_text("privacy")
    with transaction.atomic():
        return [
            make_page(menu.ABOUT, title=_("About this site"), body="", position=1),
            make_page(menu.RULES, title=_("House rules"), body=_rules(), position=2, is_public=True),
            make_page(menu.PRIVACY, title=_("Privacy"), body=privacy, position=3),
        ]


def make_page(path: str, *, title: str, body: str, position: int, is_public: bool = False) -> Post:
    """Create one page with a link in the footer; a draft unless `is_public`."""
    page = Post(
        kind=PostKind.PAGE,
        path=path,
        title=title,
        body=body,
        position=position,
        shown_in=ShownIn.FOOT,
        comment_policy=CommentPolicy.CLOSED,
    )
    actions.save_post(page, by=None)
    return actions.publish_post(page, by=None) if is_public else page


def _rules() -> str:
    lines = [f"{number}. {label}" for number, (_value, label) in enumerate(reasons.REASONS, start=1)]
    return "\n".join([_("Comments are removed for one of these reasons:"), "", *lines, ""])


# --- giving way -------------------------------------------------------------------------------------------------


def untouched() -> QuerySet[Post]:
    """Return those drafts that nobody has edited: an import may use their paths."""
    blank = Q(path=menu.ABOUT, body="") | Q(path=menu.RULES, body="") | Q(path=menu.PRIVACY, body="")
    as_made = Q(path=menu.PRIVACY, body=content.page_text("privacy"))
    drafts = Post.objects.pages().filter(state=PostState.DRAFT, first_published_at=None, created_by=None)
    return drafts.filter(blank | as_made)


def make_room(path: str) -> None:
    """Delete the unedited draft at this path, if there is one."""
    untouched().filter(path=path).delete()
