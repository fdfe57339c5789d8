"""Every address, and every page of the admin, opened and sent by every role: none breaks, and none tells of what is
not theirs. The addresses come from the resolver, the admin's from its registry; one that nothing is known of fails."""

import re
from itertools import product

import pytest
from django.contrib import admin
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.models import RateBucket
from blog.models import Article, Figure, OldAddress, Publication, SiteSettings
from comments import actions
from comments.models import DiscussionSettings, Note
from tests.cast import MEMBERS, ROLES, client_of, make_cast
from tests.factories import make_author, make_comment, make_draft, make_moderator, make_page, make_post

pytestmark = pytest.mark.django_db

# Words that stand in one place only, and the roles that may read them.
DRAFT, PICTURE, HELD, NOTE, MAIL = (
    "zanzibar",
    "quilimane",
    "pemba-in-the-sea",
    "mafia-in-the-sea",
    "lamu.example",
)
HIDDEN_PAGE = "kilwakisiwani"
READ_BY = {
    HIDDEN_PAGE: {"owner"},
    DRAFT: {"author", "owner"},
    PICTURE: {"author", "owner"},
    # Its writer, who decides on it, and moderators.
    HELD: {"reader", "author", "limited", "limited author", "moderator", "owner"},
    NOTE: {"author", "owner"},
    MAIL: {"owner"},
}
SECRET_BODY = f"""{DRAFT} stands here.

:::source
publication: {DRAFT} Herald
headline: {DRAFT}
url: https://{DRAFT}.example/a

Words.
:::
"""


@pytest.fixture
def stage(db):
    """The author's public post with a discussion and a note, their draft, and one of somebody else; and all people."""
    cast = make_cast()
    ann, reader = cast.people["author"].author, cast.people["reader"]
    post = make_post(title="Public", by=ann, categories=("Courts",), tags=("Ohio",))
    comment = make_comment(post, by=reader)
    held = make_comment(post, text=f"{HELD} waits.", by=reader, state="held")
    event = actions.hold_comment(make_comment(post), by=make_moderator())
    figure = Figure.objects.create(alt=PICTURE, caption=PICTURE, created_by=ann.user)
    draft = make_draft(
        title=f"{DRAFT} title",
        slug=f"{DRAFT}-slug",
        by=ann,
        body=f"{SECRET_BODY}\n:::figure\nid: {figure.pk}\n:::\n",
        tags=(f"{DRAFT} tag",),
        # Owners make these, and every author may choose from them.
        categories=("Courts",),
    )
    mailed = make_comment(post, by=type(reader).objects.create_user(f"them@{MAIL}", "Lamia"))
    note = Note.objects.create(
        post=post, user=reader, text=f"{NOTE} is said alone.", created_at=timezone.now()
    )
    DiscussionSettings.objects.get_or_create(pk=1)
    return {
        "cast": cast,
        "posts": [post, draft, make_draft(by=make_author(), title="Another's")],
        # Nobody but owners reads the second one, whoever wrote it.
        "pages": [make_page(), make_page(title=HIDDEN_PAGE, state="draft", by=ann)],
        "comments": [comment, held, mailed],
        "event": event,
        "figure": figure,
        "note": note,
        "settings": SiteSettings.load(),
        "old": OldAddress.objects.create(path="/old/", target=draft.get_absolute_url()),
    }


# --- addresses ------------------------------------------------------------------------------------------------


def patterns_of(resolver: URLResolver, before: str = ""):
    """Yield the route of every address outside the admin."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if entry.namespace != "admin":
                yield from patterns_of(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


PUBLIC_ROUTES = list(patterns_of(get_resolver()))


def filled(route: str, stage) -> set[str]:
    """Return the addresses of a route, with what the stage has of each kind; a kind of argument unknown here fails."""
    parts = re.findall(r"<([a-z_]+:)?([a-z_]+)>", route)
    choices = [_values(kind.rstrip(":"), name, route, stage) for kind, name in parts]
    found = set()
    for values in product(*choices):
        address = route
        for value in values:
            address = re.sub(r"<[^>]+>", str(value), address, count=1)
        found.add(f"/{address}")
    return found


def _values(kind: str, name: str, route: str, stage) -> list:
    post, draft, _other = stage["posts"]
    if kind == "yyyy":
        return [post.year]
    if kind == "mm":
        return [f"{post.month:02d}"]
    if kind == "path":
        return ["figures/none.png"]
    if kind == "page_path":
        return [page.path.strip("/") for page in stage["pages"]]
    if name == "slug":
        return _slugs(route, stage)
    if route.startswith("posts/"):
        return [post.pk, draft.pk]
    if route.startswith("source/"):
        return list(Article.objects.values_list("pk", flat=True))
    if route.startswith("moderation/"):
        return [stage["event"].pk]
    assert kind == "int", f"nothing is known of <{kind}:{name}> in {route}"
    return [comment.pk for comment in stage["comments"]]


def _slugs(route: str, stage) -> list[str]:
    post, draft, _other = stage["posts"]
    kinds = {
        "category": [topic.slug for each in (post, draft) for topic in each.categories.all()],
        "tag": [topic.slug for each in (post, draft) for topic in each.tags.all()],
        "author": [author.slug for author in post.authors.all()],
        "source": list(Publication.objects.values_list("slug", flat=True)),
        "people": [stage["cast"].people["reader"].slug],
    }
    return kinds.get(route.partition("/")[0], [post.slug, draft.slug])


LISTED = (
    "",
    "?q=a",
    "?q=%00",
    "?o=1.-2.99&all=",
    "?_popup=1&_to_field=id",
    "?p=9999&e=1",
    "?_facets=True&pk__in=1,2",
)


def rows_of(model_admin, stage) -> list[int]:
    """Return rows of a kind: the stage's, which are first and last, and one that is not there."""
    keys = list(model_admin.model._default_manager.order_by("pk").values_list("pk", flat=True))
    return [*dict.fromkeys([*keys[:1], *keys[-1:]]), 987654]


def admin_addresses(model_admin, stage):
    options = model_admin.opts
    home = f"/admin/{options.app_label}/{options.model_name}/"
    yield from (f"{home}{query}" for query in LISTED)
    yield from (f"{home}add/", f"{home}?{model_admin.list_filter and 'state=draft&writer=guest' or 'x=1'}")
    for pk in rows_of(model_admin, stage):
        actions_of = (
            "change",
            "history",
            "delete",
            *(["withdraw"] if options.model_name in {"post", "page"} else []),
        )
        yield from (f"{home}{pk}/{action}/" for action in actions_of)
        yield f"{home}{pk}/change/?_popup=1&_to_field=id"
    yield f"{home}rubbish/change/"


SITE_ADDRESSES = (
    "/admin/", "/admin/login/", "/admin/logout/", "/admin/password_change/", "/admin/password_change/done/",
    "/admin/jsi18n/", "/admin/autocomplete/?app_label=blog&model_name=byline&field_name=post&term=",
    "/admin/autocomplete/?app_label=blog&model_name=author&field_name=portrait", "/admin/r/1/1/", "/admin/none/",
    "/admin/blog/", "/admin/comments/", "/admin/accounts/", "/admin/auth/group/", "/admin/sessions/session/",
)  # fmt: skip
NAMES_OF_SITE = {
    "index", "login", "logout", "password_change", "password_change_done", "jsi18n", "app_list", None,
}  # fmt: skip


def test_every_page_of_the_admin_is_known_here():
    models = {f"{it.opts.app_label}_{it.opts.model_name}" for it in admin.site._registry.values()}
    known = {
        f"{model}_{action}"
        for model in models
        for action in ("changelist", "add", "change", "history", "delete")
    }
    resolvers = [entry for entry in get_resolver().url_patterns if getattr(entry, "namespace", "") == "admin"]
    names = {entry.name for resolver in resolvers for entry in _flat(resolver)}
    assert names - known - NAMES_OF_SITE == {"blog_post_withdraw", "blog_page_withdraw"}
    assert models


def _flat(resolver: URLResolver):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _flat(entry)
        else:
            yield entry


# --- going through them ---------------------------------------------------------------------------------------

GARBAGE = {
    "do": "\N{SNOWMAN}",
    "id": ["x", "1.x", "99999999999999999999"],
    "rev": "-1",
    "up": "9" * 30,
    "event": "x",
}
GARBAGE |= {
    "title": "T" * 5000,
    "groups": "x",
    "_selected_action": "1",
    "action": "delete_selected",
    "post": "yes",
}
GARBAGE |= {
    "text": "\0",
    "email": "x",
    "name": "\u202e",
    "seen": "x",
    "authors_0": "x",
    "parent": "x",
    "account": "x",
}
BODIES = ({}, GARBAGE)


def asked(client, method: str, address: str, body: dict):
    """Return the answer, and let nothing of what was sent stay; None stands for an error that nobody caught."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        RateBucket.objects.all().delete()
        client.raise_request_exception = False
        answer = getattr(client, method)(address, body)
        text = answer.content.decode(errors="replace") if not answer.streaming else ""
        transaction.set_rollback(True)
    client.cookies = cookies
    return answer.status_code, f"{text} {answer.get('Location', '')}".lower()


def complaints_about(role: str, client, addresses) -> list:
    found = []
    for address in sorted(addresses):
        # A form is sent to the address without what narrows a list.
        sent = () if "?" in address else BODIES
        for method, body in (("get", {}), *(("post", body) for body in sent)):
            status, text = asked(client, method, address, body)
            # What somebody asks for comes back in what is said of it.
            told = [
                word
                for word, roles in READ_BY.items()
                if role not in roles and word in text.replace(address, "")
            ]
            if status >= 500 or told:
                found.append((method, address, sorted(body), status, told))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_no_address_breaks_or_tells_what_is_not_theirs(stage, role):
    person = stage["cast"].people[role]
    addresses = {address for route in PUBLIC_ROUTES for address in filled(route, stage)}
    addresses |= {"/search/?q=words&kind=comments", "/comments/?before=1", "/old/", "/?before=rubbish"}
    assert len(addresses) > 100
    assert complaints_about(role, client_of(person), addresses) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
def test_no_page_of_the_admin_breaks_or_tells_what_is_not_theirs(stage, role):
    person = stage["cast"].people[role]
    addresses = {*SITE_ADDRESSES}
    for model_admin in admin.site._registry.values():
        if role in MEMBERS[1:]:
            addresses |= set(admin_addresses(model_admin, stage))
        else:
            # Whoever may not come in is turned away before anything is looked at.
            addresses |= set(list(admin_addresses(model_admin, stage))[-7:])
    assert complaints_about(role, client_of(person), addresses) == []


@pytest.mark.slow
@pytest.mark.parametrize("role", ["limited", "moderator"])
def test_who_neither_writes_nor_owns_opens_nothing_of_posts_members_and_settings(stage, role):
    """A moderator touches comments; in the admin they find them, and no more."""
    client = client_of(stage["cast"].people[role])
    kinds = [it for it in admin.site._registry.values() if it.opts.model_name != "comment"]
    assert len(kinds) > 8
    for address in (it for kind in kinds for it in admin_addresses(kind, stage) if "?" not in it):
        for method in ("get", "post"):
            status, _text = asked(client, method, address, {})
            assert status in {403, 404}, (method, address, status)
