"""Who gets what: one table of every address and eight kinds of people; an address without a row fails.

What each may do to whose comments has a table of its own (test_verbs.py), and what every address and every page of the
admin says to whom is tried in test_every_door.py.
"""

from dataclasses import dataclass

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from comments.actions import withdraw_comment
from tests.factories import (
    make_author,
    make_comment,
    make_draft,
    make_moderator,
    make_owner,
    make_page,
    make_post,
    make_user,
)

PEOPLE = (
    "visitor",
    "guest",
    "reader",
    "other author",
    "author",
    "limited moderator",
    "moderator",
    "owner",
)
BODY = ":::source\npublication: Reuters\nheadline: H\nurl: https://reuters.com/a\n\nWords.\n:::\n"


@dataclass
class Stage:
    """What the addresses of the table name; `author` wrote both posts, and nobody can undo the event."""

    post: object
    draft: object
    page: object
    comment: object
    event: object
    article: object
    people: dict


def everybody(status: int) -> tuple[int, ...]:
    return (status,) * len(PEOPLE)


def page(name: str, arguments=lambda stage: [], status: int = 200):
    """Row of an address that shows everybody the same, and takes no form."""
    return [(name, "get", arguments, everybody(status)), (name, "post", arguments, everybody(405))]


def deciding(name: str, statuses: dict[str, int], arguments=lambda stage: [], *, other: int = 404):
    """Rows of an address for those who decide on comments: others sign in first, or are refused.

    `other` is what an author gets whose post it is not: nothing of it is theirs to see.
    """
    return [
        (name, method, arguments, everybody(405) if status == 405 else (302, 302, 403, other, *[status] * 4))
        for method, status in statuses.items()
    ]


# In the order of PEOPLE.
FOR_VISITORS = (200, 200, *[302] * 6)
FOR_MEMBERS = (302, 302, *[200] * 6)
FOR_ITS_AUTHOR = (404, 404, 404, 404, 200, 404, 404, 200)
PREVIEW = (302, 302, *FOR_ITS_AUTHOR[2:])


def entrance(name: str):
    """Rows of a page for who is not signed in; its form, sent empty, comes back."""
    return [(name, method, lambda stage: [], FOR_VISITORS) for method in ("get", "post")]


def step(name: str):
    """Rows of a page that stands between two others, and sends away who does not come from the first."""
    return [(name, method, lambda stage: [], everybody(302)) for method in ("get", "post")]


def for_members(name: str, arguments=lambda stage: [], *, get: int = 200, post: int = 200):
    """Rows of a page of one's own account: others are asked to sign in, whatever they send."""
    return [
        (name, method, arguments, (302, 302, *[status] * 6))
        for method, status in (("get", get), ("post", post))
    ]


def slug_of(slug: str):
    return lambda stage: [slug]


# (name, method, arguments, status for each of PEOPLE)
TABLE = [
    *page("blog:home"),
    *page("blog:post", lambda stage: [stage.post.year, stage.post.month, stage.post.slug]),
    ("blog:preview", "get", lambda stage: [stage.draft.pk], PREVIEW),
    ("blog:preview", "get", lambda stage: [stage.post.pk], PREVIEW),
    *page("blog:year", lambda stage: [stage.post.year]),
    *page("blog:month", lambda stage: [stage.post.year, stage.post.month]),
    *page("blog:archive"),
    *page("blog:category", slug_of("courts")),
    *page("blog:tag", slug_of("ohio")),
    *page("blog:tags"),
    *page("blog:author", slug_of("ann")),
    *page("blog:publication", slug_of("reuters")),
    *page("blog:article", lambda stage: ["reuters", stage.article.pk]),
    *page("blog:search"),
    *page("blog:feed"),
    *page("blog:category_feed", slug_of("courts")),
    *page("blog:tag_feed", slug_of("ohio")),
    *page("blog:author_feed", slug_of("ann")),
    *page("blog:publication_feed", slug_of("reuters")),
    *page("blog:page", lambda stage: [stage.page.path.strip("/")]),
    *page("comments:page_feed", lambda stage: [stage.page.path.strip("/")]),
    # It leads to the icon.
    *page("blog:favicon", status=302),
    ("blog:theme", "get", lambda stage: [], everybody(405)),
    # Sent by a program without a word about where it comes from.
    ("blog:theme", "post", lambda stage: [], everybody(403)),
    *page("blog:media", slug_of("figures/none.png"), status=404),
    *page("blog:healthz"),
    *page("blog:readyz"),
    *page("blog:robots"),
    *page("blog:sitemap"),
    *page("blog:sitemap_pages"),
    *page("blog:sitemap_month", lambda stage: [stage.post.year, stage.post.month]),
    # Who is signed in already is sent on.
    *entrance("account_login"),
    *entrance("account_request_login_code"),
    *entrance("account_signup"),
    ("mfa_login_webauthn", "get", lambda stage: [], everybody(302)),
    ("mfa_login_webauthn", "post", lambda stage: [], FOR_VISITORS),
    # Steps of a sign-in that nobody in this table has begun.
    *step("account_confirm_login_code"),
    *step("account_email_verification_sent"),
    *step("account_confirm_password_reset_code"),
    *step("account_complete_password_reset"),
    *step("mfa_authenticate"),
    ("account_reset_password", "get", lambda stage: [], everybody(200)),
    ("account_reset_password", "post", lambda stage: [], everybody(200)),
    ("account_inactive", "get", lambda stage: [], everybody(200)),
    ("account_logout", "get", lambda stage: [], FOR_MEMBERS),
    ("account_logout", "post", lambda stage: [], everybody(302)),
    *for_members("account_settings", post=302),
    *for_members("account_name"),
    *for_members("usersessions_list", post=302),
    *for_members("mfa_index", post=405),
    # The members of this table have no password and no second factor, so there is nothing to ask them again.
    *for_members("account_email", post=302),
    *for_members("account_set_password"),
    *for_members("account_change_password", get=302, post=302),
    *for_members("mfa_activate_totp"),
    *for_members("mfa_add_webauthn"),
    *for_members("mfa_generate_recovery_codes"),
    *for_members("account_reauthenticate", get=403, post=403),
    ("account_app_picture", "get", lambda stage: [], (302, 302, *[404] * 6)),
    ("account_app_picture", "post", lambda stage: [], everybody(405)),
    *for_members("mfa_deactivate_totp", get=404, post=404),
    *for_members("mfa_view_recovery_codes", get=404, post=405),
    *for_members("mfa_download_recovery_codes", get=404, post=404),
    *for_members("mfa_reauthenticate", get=403, post=403),
    *for_members("mfa_reauthenticate_webauthn", get=403, post=403),
    *for_members("mfa_remove_webauthn", lambda stage: [1], get=404, post=404),
    # Without a post there is nothing to look for.
    *page("exchange:old_comment", lambda stage: [stage.comment.pk], status=404),
    ("comments:recent", "get", lambda stage: [], everybody(200)),
    ("comments:feed", "get", lambda stage: [], everybody(200)),
    ("comments:branch_feed", "get", lambda stage: [stage.comment.pk], everybody(200)),
    ("comments:comment", "get", lambda stage: [stage.comment.pk], everybody(200)),
    *page("comments:preview", lambda stage: [stage.comment.pk]),
    ("comments:in_thread", "get", lambda stage: [stage.comment.pk], everybody(302)),
    ("comments:person", "get", lambda stage: [stage.people["reader"].slug], everybody(200)),
    # An author, on their own post.
    *deciding("comments:moderation", {"get": 200, "post": 405}, other=200),
    *deciding("comments:moderation_bulk", {"get": 405, "post": 400}, other=400),
    # A limited moderator removes nothing; an empty form comes back before that is asked.
    ("comments:removal", "get", lambda stage: [stage.comment.pk], (302, 302, 403, 404, 200, 403, 200, 200)),
    ("comments:removal", "post", lambda stage: [stage.comment.pk], (302, 302, 403, 404, 400, 400, 400, 400)),
    *deciding("comments:decision", {"get": 405, "post": 400}, lambda stage: [stage.comment.pk]),
    *deciding("comments:undo", {"get": 405, "post": 409}, lambda stage: [stage.event.pk]),
    ("comments:reply", "get", lambda stage: [stage.comment.pk], everybody(200)),
    ("comments:reply", "post", lambda stage: [stage.comment.pk], everybody(405)),
    ("comments:write", "get", lambda stage: [stage.post.pk], everybody(200)),
    ("comments:write", "get", lambda stage: [stage.draft.pk], FOR_ITS_AUTHOR),
    # Empty forms; where they come from is tried in tests/comments/test_cross_site.py.
    ("comments:write", "post", lambda stage: [stage.post.pk], everybody(400)),
    ("comments:write", "post", lambda stage: [stage.draft.pk], (404, 404, 404, 404, 400, 404, 404, 400)),
    *page("comments:latest", lambda stage: [stage.post.pk]),
    *page("comments:arrived", lambda stage: [stage.post.pk], status=404),
    *page("comments:news", lambda stage: [stage.post.pk], status=404),
    ("comments:visit", "get", lambda stage: [stage.post.pk], everybody(405)),
    # A guest's device remembers how far they read.
    ("comments:visit", "post", lambda stage: [stage.post.pk], (403, 403, *[303] * 6)),
    ("comments:vote", "get", lambda stage: [], everybody(405)),
    ("comments:vote", "post", lambda stage: [], everybody(404)),
    # The reader wrote it; an empty form comes back to them.
    ("comments:edit", "get", lambda stage: [stage.comment.pk], (403, 403, 200, *[403] * 5)),
    ("comments:edit", "post", lambda stage: [stage.comment.pk], (403, 403, 400, *[403] * 5)),
    # Nobody reports what they wrote; an empty form comes back to the others.
    ("comments:report", "get", lambda stage: [stage.comment.pk], (200, 200, 403, *[200] * 5)),
    ("comments:report", "post", lambda stage: [stage.comment.pk], (400, 400, 403, *[400] * 5)),
    ("comments:withdraw", "get", lambda stage: [stage.comment.pk], everybody(405)),
    # The reader wrote it.
    ("comments:withdraw", "post", lambda stage: [stage.comment.pk], (403, 403, 303, *[403] * 5)),
    ("comments:shortcuts", "get", lambda stage: [], everybody(200)),
    # Without an account there is nothing to keep it with.
    ("comments:shortcuts", "post", lambda stage: [], everybody(303)),
    *page("comments:find", lambda stage: [stage.post.pk]),
    ("comments:find", "get", lambda stage: [stage.draft.pk], FOR_ITS_AUTHOR),
    ("comments:mute", "get", lambda stage: [stage.comment.pk], everybody(200)),
    # Empty: the page comes back.
    ("comments:mute", "post", lambda stage: [stage.comment.pk], everybody(400)),
    ("comments:mutes", "get", lambda stage: [], everybody(200)),
    ("comments:mutes", "post", lambda stage: [], everybody(303)),
    (
        "comments:post_feed",
        "get",
        lambda stage: [stage.post.year, f"{stage.post.month:02d}", stage.post.slug],
        everybody(200),
    ),
]

# The admin has names of its own for every model: tests/test_every_door.py.
COVERED_NAMESPACES = {"admin"}


def names_of(resolver: URLResolver, namespace: str = "") -> set[str]:
    names = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = ":".join(part for part in (namespace, entry.namespace) if part)
            names |= names_of(entry, inner)
        elif isinstance(entry, URLPattern):
            names.add(":".join(part for part in (namespace, entry.name or f"?{entry.pattern}") if part))
    return names


def test_every_address_has_a_row_and_every_row_an_address():
    names = {name for name in names_of(get_resolver()) if name.partition(":")[0] not in COVERED_NAMESPACES}
    assert names == {name for name, *_rest in TABLE}


@pytest.fixture
def stage(db) -> Stage:
    ann = make_author(display_name="Ann")
    post = make_post(title="Public", body=BODY, by=ann, categories=("Courts",), tags=("Ohio",))
    people = {
        "visitor": None,
        "guest": None,
        "reader": make_user(display_name="Rita"),
        "other author": make_author(display_name="Ben").user,
        "author": ann.user,
        "limited moderator": make_moderator(display_name="Lim", limited=True),
        "moderator": make_moderator(display_name="Max"),
        "owner": make_owner(display_name="Olive"),
    }
    comment = make_comment(post, by=people["reader"])
    article = post.quotations.get().article
    event = withdraw_comment(make_comment(post, by=people["reader"]), by=people["reader"])
    return Stage(
        post=post,
        draft=make_draft(by=ann),
        page=make_page(title="About", comment_policy="open"),
        comment=comment,
        event=event,
        article=article,
        people=people,
    )


@pytest.fixture
def ask(client, stage):
    def ask(who: str, method: str, path: str) -> int:
        client.logout()
        client.cookies.clear()
        if who == "guest":
            client.cookies["writer"] = "1"
        if stage.people[who]:
            client.force_login(stage.people[who])
        return getattr(client, method)(path).status_code

    return ask


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "method", "arguments", "statuses"), TABLE, ids=[f"{row[1]} {row[0]}" for row in TABLE]
)
def test_each_person_gets_what_the_table_says(stage, ask, name, method, arguments, statuses):
    path = reverse(name, args=arguments(stage))
    # The reader comes last: what they withdraw is gone for the others.
    found = {who: ask(who, method, path) for who in sorted(PEOPLE, key="reader".__eq__)}
    assert found == dict(zip(PEOPLE, statuses, strict=True))


def test_the_admin_is_for_those_who_write_or_moderate(stage, ask):
    found = {who: ask(who, "get", reverse("admin:index")) for who in PEOPLE}
    assert found["visitor"] == found["guest"] == 302
    assert found["reader"] in {302, 403}
    assert found["owner"] == 200


def test_no_page_of_the_admin_is_open_to_a_visitor_or_a_reader(stage, ask):
    plain = [name for name in names_of(get_resolver()) if name.startswith("admin:")]
    assert plain
    for name in plain:
        try:
            path = reverse(name)
        except Exception:  # It needs an argument: its list, which needs none, stands for it.
            continue
        if name in {"admin:login", "admin:logout", "admin:jsi18n"}:
            continue
        for who in ("visitor", "guest", "reader"):
            assert ask(who, "get", path) in {302, 403, 404}, (name, who)
