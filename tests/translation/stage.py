"""A site whose people write Greek: what is Latin on its pages is ours."""

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import LIMITED_MODERATORS
from blog.models import Figure, OldAddress, SiteSettings
from comments import actions
from comments.models import DiscussionSettings, Note
from tests.cast import Cast
from tests.factories import (
    make_author,
    make_comment,
    make_draft,
    make_guest,
    make_moderator,
    make_owner,
    make_page,
    make_post,
    make_scheduled_post,
    make_user,
    make_withdrawn_post,
    take_away,
)

TEXT = "Πρώτη σκέψη."
BODY = """Αρχή του κειμένου.

:::source
publication: Καθημερινή
headline: Τίτλος
writer: Ελένη
date: 2026-03-02
url: https://εφημερίδα.example/a

Λόγια.
:::

:::figure
id: {figure}
:::
"""


def make_greek_cast() -> Cast:
    """Make one person of each role, and somebody else of each; all with Greek names."""
    return Cast(
        people={
            "visitor": None,
            "guest": make_guest(name="Ξένος"),
            "reader": make_user(display_name="Νίκος"),
            "author": make_author(display_name="Άννα").user,
            "limited": _limited(make_user(display_name="Λίνα")),
            "moderator": make_moderator(display_name="Μαρία"),
            "owner": make_owner(display_name="Ολυμπία"),
        },
        others={"reader": make_user(display_name="Πέτρος"), "guest": make_guest(name="Άγνωστος")},
    )


def _limited(user):
    group, _made = Group.objects.get_or_create(name=LIMITED_MODERATORS)
    user.groups.add(group)
    return user


def make_greek_site() -> dict:
    """Make posts, pages and comments in every state; `filled` of test_every_door.py finds them by these keys."""
    cast = make_greek_cast()
    SiteSettings.objects.update_or_create(pk=1, defaults={"name": "Ημερολόγιο", "tagline": "Λέξεις"})
    ann, reader = cast.people["author"].author, cast.people["reader"]
    figure = Figure.objects.create(alt="Χάρτης", caption="Λεζάντα", created_by=ann.user)
    words = {"body": BODY.format(figure=figure.pk), "by": ann, "categories": ("Νόμος",), "tags": ("Ωδή",)}
    post = make_post(title="Γνωστό", **words)
    make_post(title="Παλιό", published_at=timezone.now() - timezone.timedelta(days=500), **words)
    draft = make_draft(title="Σχέδιο", **words)
    others = [
        draft,
        make_scheduled_post(title="Αύριο", **words),
        make_withdrawn_post(title="Χαμένο", **words),
    ]
    comments = make_comments(post, reader, cast)
    event = actions.hold_comment(make_comment(post, text=TEXT, name="Άγνωστος"), by=cast.people["moderator"])
    DiscussionSettings.objects.get_or_create(pk=1)
    return {
        "cast": cast,
        "posts": [post, draft, others[-1]],
        "pages": [make_page(title="Σελίδα", path="/σελίδα/", body=TEXT, comment_policy="open")],
        "comments": comments,
        "event": event,
        "figure": figure,
        "note": Note.objects.create(post=post, user=reader, text=TEXT, created_at=timezone.now()),
        "settings": SiteSettings.load(),
        "old": OldAddress.objects.create(path="/old/", target=post.get_absolute_url()),
    }


def make_comments(post, reader, cast) -> list:
    """Make comments in every state; the first is the reader's own and has replies."""
    words = {"text": TEXT, "name": "Άγνωστος"}
    first = make_comment(post, text=TEXT, by=reader)
    reply = make_comment(post, parent=first, text=TEXT, by=cast.people["author"])
    make_comment(post, parent=reply, **words)
    held = make_comment(post, text=TEXT, by=reader, state="held")
    make_comment(post, state="spam", **words)
    removed, withdrawn = make_comment(post, **words), make_comment(post, text=TEXT, by=cast.others["reader"])
    for gone, state in ((removed, "removed"), (withdrawn, "withdrawn")):
        # Without replies nothing would be left of it.
        make_comment(post, parent=gone, **words)
        take_away(gone, state=state, reason="Άσχετο")
    return [first, held, reply]
