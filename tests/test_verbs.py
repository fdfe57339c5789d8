"""Who may do what to whose comment on whose post: every verb there is, with every role on both sides, against a table.

The table is written by hand from what is promised, and knows nothing of the rules that it is compared with.
"""

import inspect
from contextlib import contextmanager

import pytest
from django.db import transaction

from accounts.models import Guest, User
from comments import actions, moderation, permissions
from comments.actions import ON_COMMENTS
from comments.models import Comment
from comments.moderation import bulk, scope_of
from tests.cast import MEMBERS, ROLES, again, client_of, make_cast
from tests.factories import make_author, make_comment, make_guest, make_post, make_user
from tests.forms import page_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WRITERS = ROLES[1:]
DECISIONS = ("approve", "hold", "spam", "remove", "restore")
# Who decides what (rows: who, on whose post) on a comment by whom (columns). “move”: all, and moving it. Whoever has no
# row decides nothing, on a post that they made when they were authors either.
ON_WHOM = """
                        | guest | reader | author | limited | limited author | moderator | owner
author, own             | all   | all    | all    | –       | –              | –         | –
limited, own            | hold  | hold   | hold   | hold    | hold           | –         | –
limited, other’s        | hold  | hold   | hold   | hold    | hold           | –         | –
limited author, own     | all   | all    | all    | all     | all            | –         | –
limited author, other’s | hold  | hold   | hold   | hold    | hold           | –         | –
moderator, own          | move  | move   | move   | move    | move           | move      | –
moderator, other’s      | move  | move   | move   | move    | move           | move      | –
owner, own              | move  | move   | move   | move    | move           | move      | move
owner, other’s          | move  | move   | move   | move    | move           | move      | move
"""
MEANS = {"–": set(), "hold": {"hold"}, "all": set(DECISIONS), "move": {*DECISIONS, "move"}}
# Whose decision (columns) somebody may undo, and decide otherwise; on a comment by a reader. “Undo” is what limited
# moderators do with their own holds alone.
WHOSE_DECISION = """
                    | reader | author | limited | limited author | moderator | owner
author, own         | –      | all    | –       | –              | –         | –
limited author, own | –      | all    | all     | all            | –         | –
moderator, own      | –      | all    | all     | all            | all       | –
moderator, other’s  | –      | all    | all     | all            | all       | –
owner, own          | –      | all    | all     | all            | all       | all
owner, other’s      | –      | all    | all     | all            | all       | all
"""
# What everybody does, whatever their role, to their own comments and to others'.
PERSONAL = {
    "answer": {"own", "others’"},
    "vote": {"others’"},
    "clear vote": {"own", "others’"},
    "report": {"others’"},
    "take back report": {"own", "others’"},
    "mute person": {"others’"},
    "mute branch": {"own", "others’"},
    "show again": {"own", "others’"},
    "edit": {"own"},
    "withdraw": {"own"},
}


def cells_of(table: str) -> dict[tuple[str, str], dict[str, str]]:
    """Return the table as (role, whose post) → the other's role → what stands there."""
    head, *rows = [[cell.strip() for cell in line.split("|")] for line in table.strip("\n").splitlines()]
    return {tuple(who.split(", ")): dict(zip(head[1:], cells, strict=True)) for who, *cells in rows}


MATRIX, OVERRULED = cells_of(ON_WHOM), cells_of(WHOSE_DECISION)


def may(verb: str, role: str, whose: str, writer: str) -> bool:
    return verb in MEANS[MATRIX.get((role, whose), {}).get(writer, "–")]


# --- the list of verbs ----------------------------------------------------------------------------------------


def takes_comment_and_person(function) -> bool:
    names = inspect.signature(function).parameters if inspect.isfunction(function) else ()
    return bool({"comment", "event", "parent"} & set(names)) and bool({"by", "voter", "writer"} & set(names))


# They only tell what there is.
QUESTIONS = {actions.mutes_hiding}


def test_every_action_on_a_comment_is_a_verb_and_every_verb_has_its_row():
    found = {
        function for name in actions.__all__ if takes_comment_and_person(function := getattr(actions, name))
    }
    assert found - QUESTIONS == set(ON_COMMENTS.values())
    assert set(ON_COMMENTS) == {*DECISIONS, "undo", "move", *PERSONAL}
    assert set(DECISIONS) == set(permissions.DECISIONS) == set(bulk.DECIDE)
    assert {*DECISIONS, "undo", "move"} == set(permissions.VERBS)


def test_the_tables_name_every_role():
    for cells in MATRIX.values():
        assert tuple(cells) == WRITERS
    for cells in OVERRULED.values():
        assert tuple(cells) == MEMBERS
    assert {role for role, _whose in MATRIX} == set(ROLES) - {"visitor", "guest", "reader"}


# --- trying them ----------------------------------------------------------------------------------------------


@pytest.fixture
def cast(db):
    """Everybody, each with a post that carries their byline, and one that carries nobody's of them."""
    cast = make_cast()
    # Some of them wrote it when they were authors.
    for role in MEMBERS:
        person = cast.people[role]
        post = make_post(created_by=person)
        type(post).objects.filter(pk=post.pk).update(created_by=person)
        cast.posts[role, "own"] = post
    for role in ROLES:
        cast.posts[role, "other’s"] = make_post(by=make_author())
    return cast


@contextmanager
def nothing_stays():
    """Undo in the database whatever happens within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# From which state a decision makes sense.
BEFORE = {"approve": "held", "hold": "public", "spam": "public", "remove": "public", "restore": "removed"}


def comment_of(person, post, *, state="public") -> Comment:
    comment = make_comment(post, by=person, state="public" if state == "removed" else state)
    if state == "removed":
        actions.remove_comment(comment, by=None, reason="A rule")
    return comment


def run(verb, comment, by):
    """Do it, as the program's own views do."""
    act = ON_COMMENTS[verb]
    if verb == "remove":
        return act(comment, by=by, reason="Off topic")
    if verb == "move":
        return act(comment, to_post=make_post(), by=by)
    if verb == "answer":
        return act(
            comment.post, writer=by, text="An answer.", parent=comment, name="Gus", email="g@example.org"
        )
    if verb in {"vote", "clear vote"}:
        return act(comment, voter=by, **({"value": 1} if verb == "vote" else {}))
    if verb == "edit":
        return act(comment, by=by, text="Other words.")
    return act(comment, by=by, **({"reason": "attack"} if verb == "report" else {}))


def was_done(verb, comment, by) -> bool:
    try:
        run(verb, comment, again(by))
    except actions.Refused:
        return False
    return True


def combinations(cast):
    """Yield role and person, whose post and post, role and person of who wrote a comment there."""
    for role, person in cast.people.items():
        for whose in ("own", "other’s"):
            post = cast.posts.get((role, whose))
            if post is None:
                continue
            for writer in WRITERS:
                yield role, person, whose, post, writer, cast.others[writer]


@pytest.mark.parametrize("verb", [*DECISIONS, "move"])
def test_who_decides_on_a_comment_by_whom(cast, verb):
    tried, wrong = 0, []
    for role, person, whose, post, writer, other in combinations(cast):
        if not isinstance(person, User):
            # No decision of theirs gets as far as the action: see the roads below.
            continue
        with nothing_stays():
            comment = comment_of(other, post, state=BEFORE.get(verb, "public"))
            done = was_done(verb, comment, person)
        tried += 1
        if done != may(verb, role, whose, writer):
            wrong.append((role, whose, writer, done))
    assert (tried, wrong) == (2 * len(MEMBERS) * len(WRITERS), [])


@pytest.mark.parametrize("decision", ["hold", "remove"])
@pytest.mark.parametrize("verb", ["undo", *DECISIONS])
def test_whose_decision_somebody_changes(cast, verb, decision):
    wrong = []
    reader = make_user()
    for role in MEMBERS:
        person = cast.people[role]
        for whose in ("own", "other’s"):
            post = cast.posts[role, whose]
            for decider in MEMBERS:
                with nothing_stays():
                    comment = make_comment(post, by=reader)
                    event = decided(comment, decision, cast.others[decider])
                    if event is None:
                        continue
                    done = (
                        was_done("undo", event, person) if verb == "undo" else was_done(verb, comment, person)
                    )
                makes_sense = verb == "undo" or comment_allows(verb, decision)
                expected = makes_sense and OVERRULED.get((role, whose), {}).get(decider) == "all"
                if done != expected:
                    wrong.append((role, whose, decider, done))
    assert wrong == []


def comment_allows(verb: str, decision: str) -> bool:
    after = {"hold": "held", "remove": "removed"}[decision]
    return {
        "held": verb in {"approve", "spam", "remove"},
        "removed": verb in {"restore", "hold", "spam"},
    }[after]


def decided(comment, decision, by):
    """Return the event of a decision by somebody of a role, who signs the post for as long where that lets them."""
    if not hasattr(by, "author") and not by.is_superuser and not by.groups.exists():
        return None
    byline = comment.post.bylines.create(author=by.author, position=9) if hasattr(by, "author") else None
    try:
        return run(decision, comment, again(by))
    except actions.NotAllowed:
        # A limited moderator removes nothing.
        return None
    finally:
        if byline:
            byline.delete()


@pytest.mark.parametrize("verb", PERSONAL)
def test_what_everybody_does_whatever_their_role(cast, verb):
    wrong = []
    for role, person, _whose, post, writer, other in combinations(cast):
        for of, by in (("others’", other), ("own", person)):
            if by is None:
                continue
            with nothing_stays():
                comment = comment_of(by, post)
                done = was_done(verb, comment, person)
            if done != (of in PERSONAL[verb]):
                wrong.append((role, writer, of, done))
    assert wrong == []


# --- through the doors ----------------------------------------------------------------------------------------


def send(client, verb, comment, event):
    """Send what the buttons of the program's pages send."""
    pk = comment.pk
    if verb == "undo":
        return client.post(f"/moderation/events/{event.pk}/undo/")
    if verb == "remove":
        return client.post(f"/comments/{pk}/removal/", {"reason": "off-topic"})
    return client.post(f"/comments/{pk}/decision/", {"do": verb})


@pytest.mark.parametrize("road", ["alone", "at once"])
@pytest.mark.parametrize("verb", [*DECISIONS, "undo"])
def test_every_road_to_a_decision_is_open_to_the_same(cast, verb, road):
    wrong = []
    for role, person in cast.people.items():
        client = client_of(person)
        for whose in ("own", "other’s"):
            post = cast.posts.get((role, whose))
            for writer in ("reader", "moderator") if post else ():
                with nothing_stays():
                    comment = comment_of(cast.others[writer], post, state=BEFORE.get(verb, "public"))
                    event = actions.hold_comment(comment, by=None) if verb == "undo" else None
                    state = Comment.objects.get(pk=comment.pk).state
                    if road == "alone":
                        answer = send(client, verb, comment, event)
                    else:
                        latest = actions.latest_version(comment)
                        mark = f"{comment.pk}.{latest.pk if latest else 0}"
                        sent = {"do": verb, "id": mark, "reason": "off-topic"}
                        sent |= {"event": event.pk} if event else {}
                        answer = client.post("/moderation/bulk/", sent)
                    changed = Comment.objects.get(pk=comment.pk).state != state
                expected = may("approve" if verb == "undo" else verb, role, whose, writer)
                if changed != expected or (road == "alone" and (answer.status_code == 303) != expected):
                    wrong.append((role, whose, writer, changed, answer.status_code))
                assert answer.status_code < 500
    assert wrong == []


def offered_on(page) -> set[str]:
    """Return the decisions that a page offers, whatever the version that their buttons name."""
    buttons = page.xpath(".//button[@name='do']/@value")
    found = {value.partition(".")[0] for value in buttons} & set(DECISIONS)
    removes = page.xpath(".//a[@class='remove'] | .//details[contains(@class, 'removal')]")
    return found | ({"remove"} if removes else set())


@pytest.mark.parametrize("state", ["public", "held", "removed"])
def test_pages_offer_what_may_be_done_and_nothing_else(cast, state):
    sense = {
        "public": {"hold", "spam", "remove"},
        "held": {"approve", "spam", "remove"},
        "removed": {"restore"},
    }
    wrong = []
    for role, person in cast.people.items():
        client = client_of(person)
        for whose in ("own", "other’s"):
            post = cast.posts.get((role, whose))
            for writer in ("reader", "moderator", "owner") if post else ():
                with nothing_stays():
                    comment = comment_of(cast.others[writer], post, state=state)
                    # So that there is something to be seen of it where it was removed.
                    make_comment(post, parent=comment, by=make_guest())
                    expected = {verb for verb in sense[state] if may(verb, role, whose, writer)}
                    thread = page_of(client.get(post.get_absolute_url()))
                    there = thread.xpath(f"//*[@id='comment-{comment.pk}']")
                    found = {"thread": offered_on(there[0]) if there else set()}
                    desk = scope_of(again(person)) if isinstance(person, User) else None
                    items = moderation.items_of(desk, [comment.pk]) if desk else []
                    found["queue"] = set(items[0].may) & sense[state] if items else set()
                if any(offers != expected for offers in found.values()):
                    wrong.append((role, whose, writer, found, expected))
    assert wrong == []


def test_of_several_the_allowed_are_decided_and_the_refused_are_named(cast):
    post = make_post()
    limited, moderator = cast.people["limited"], cast.others["moderator"]
    reader, other = make_user(display_name="Rita"), make_user(display_name="Otto")
    allowed, refused = make_comment(post, by=reader), make_comment(post, by=moderator)
    held = make_comment(post, by=other, state="held")
    client = client_of(limited)
    marks = [f"{comment.pk}.0" for comment in (allowed, refused, held)]
    page = client.post("/moderation/bulk/", {"do": "hold", "id": [*marks, "98765.0"]}, follow=True)
    words = page_of(page).text_content()
    assert Comment.objects.get(pk=allowed.pk).state == "held"
    assert Comment.objects.get(pk=refused.pk).state == "public"
    assert f"{moderator.display_name}’s comment: This comment is by a moderator." in words
    assert "Otto’s comment: Limited moderators can hold public comments only." in words
    assert "1 comment was skipped" in words
    page = client.post("/moderation/bulk/", {"do": "remove", "id": marks, "reason": "attack"}, follow=True)
    assert "3 comments, by" in page_of(page).text_content()
    assert not Comment.objects.filter(state="removed").exists()


def test_a_refusal_is_a_page_that_says_why_and_offers_nothing_that_is_refused(cast):
    comment = make_comment(make_post(), by=cast.others["owner"])
    client = client_of(cast.people["moderator"])
    for answer in (
        client.post(f"/comments/{comment.pk}/decision/", {"do": "hold"}),
        client.get(f"/comments/{comment.pk}/removal/"),
        client.post(f"/comments/{comment.pk}/removal/", {"words": "A long reason."}),
    ):
        assert answer.status_code == 403
        page = page_of(answer)
        assert (
            page.xpath("//*[@role='alert']")[0]
            .text_content()
            .strip()
            .startswith("This comment is by the owner")
        )
        assert not offered_on(page)
    answer = client.post(f"/comments/{comment.pk}/decision/", {"do": "hold"}, headers={"X-Fragment": "1"})
    assert answer.status_code == 403 and "by the owner" in answer.content.decode()
    assert isinstance(cast.people["guest"], Guest)
