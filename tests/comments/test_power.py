"""Which role may decide on whose comments and against whose decisions, tested on the actions."""

from functools import partial
from importlib import import_module

import pytest
from django.apps import apps

from comments import actions, permissions
from comments.actions import deciding
from comments.integrity import audit
from comments.models import Comment, ModerationEvent, Report
from tests.factories import make_author, make_comment, make_guest, make_moderator, make_owner, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(ada):
    return make_post(by=ada.author)


@pytest.fixture
def ben(db):
    return make_moderator(display_name="Ben")


def state_of(comment):
    return Comment.objects.values_list("state", "state_reason").get(pk=comment.pk)


def report(comment):
    return Report.objects.create(comment=comment, guest=make_guest(), reason="attack")


@pytest.fixture
def lim(db):
    return make_moderator(display_name="Lim", limited=True)


DECIDE = {
    "hold": actions.hold_comment,
    "spam": actions.mark_spam,
    "remove": actions.remove_comment,
    "approve": actions.approve_comment,
    "restore": actions.restore_comment,
}


def decide(name, comment, by):
    return DECIDE[name](comment, by=by, **({"reason": "Off topic"} if name == "remove" else {}))


def test_a_limited_moderator_holds_and_takes_that_back(post, lim):
    comment = make_comment(post)
    event = actions.hold_comment(comment, by=lim)
    assert state_of(comment)[0] == "held"
    actions.undo(event, by=lim)
    assert state_of(comment)[0] == "public"
    actions.hold_comment(comment, by=lim)
    assert state_of(comment)[0] == "held"


@pytest.mark.parametrize("state", ["public", "held", "spam", "removed"])
@pytest.mark.parametrize("name", ["approve", "spam", "remove", "restore"])
def test_a_limited_moderator_does_nothing_else(post, lim, name, state):
    comment = make_comment(post, state=state)
    with pytest.raises(actions.NotAllowed, match="Limited moderators can hold"):
        decide(name, comment, lim)
    assert state_of(comment)[0] == state


@pytest.mark.parametrize("state", ["spam", "removed"])
def test_a_limited_moderator_brings_nothing_back_into_review(post, lim, state):
    comment = make_comment(post, state=state)
    with pytest.raises(actions.NotAllowed, match="public comments only"):
        actions.hold_comment(comment, by=lim)


def test_a_limited_moderator_takes_a_hold_back_until_somebody_else_decides(post, lim, mo):
    for name in ("approve", "remove", "spam"):
        comment = make_comment(post)
        event = actions.hold_comment(comment, by=lim)
        decide(name, comment, mo)
        with pytest.raises(actions.Refused, match="by Mo"):
            actions.undo(event, by=lim)
    assert state_of(comment)[0] == "spam"


def test_a_limited_moderator_undoes_nobody_elses_hold(post, lim, mo):
    other = make_moderator(limited=True)
    for who in (other, mo):
        event = actions.hold_comment(make_comment(post), by=who)
        with pytest.raises(actions.NotAllowed):
            actions.undo(event, by=lim)


def test_a_limited_moderator_does_not_undo_what_they_did_as_a_moderator(post, mo, lim):
    event = actions.mark_spam(make_comment(post), by=mo)
    mo.groups.set(lim.groups.all())
    with pytest.raises(actions.NotAllowed):
        actions.undo(event, by=type(mo).objects.get(pk=mo.pk))


def test_a_limited_moderator_decides_as_an_author_on_their_own_posts(lim):
    own = make_post(by=make_author(user=lim, display_name="Lim Byline"))
    comment = make_comment(own, state="held")
    actions.approve_comment(comment, by=lim)
    actions.remove_comment(comment, by=lim, reason="Off topic")
    with pytest.raises(actions.NotAllowed):
        actions.hold_comment(make_comment(own, by=make_moderator()), by=lim)


@pytest.mark.parametrize("name", ["hold", "spam", "remove"])
def test_nobody_decides_on_a_comment_by_somebody_above_them(post, ada, lim, mo, owner, name):
    for by, writers in ((ada, (lim, mo, owner)), (lim, (mo, owner)), (mo, (owner,))):
        for writer in writers:
            comment = make_comment(post, by=writer)
            with pytest.raises(actions.NotAllowed):
                decide(name, comment, by)
            assert state_of(comment)[0] == "public"


def test_equals_decide_on_equals(post, mo, ben, owner):
    actions.remove_comment(make_comment(post, by=ben), by=mo, reason="Off topic")
    actions.remove_comment(make_comment(post, by=owner), by=make_owner(), reason="Off topic")


@pytest.mark.parametrize("writer", ["former", "suspended", "deleted"])
def test_a_former_moderators_comment_is_like_any_other(post, ada, mo, writer):
    comment = make_comment(post, by=mo)
    if writer == "former":
        mo.groups.clear()
    elif writer == "suspended":
        type(mo).objects.filter(pk=mo.pk).update(is_active=False)
    else:
        mo.delete()
    actions.remove_comment(Comment.objects.get(pk=comment.pk), by=ada, reason="Off topic")
    assert state_of(comment)[0] == "removed"


def test_an_author_changes_no_decision_of_a_moderator(post, ada, mo, lim):
    removed, held, spam = make_comment(post), make_comment(post), make_comment(post)
    kept = make_comment(post, state="held")
    gone = actions.remove_comment(removed, by=mo, reason="Off topic")
    actions.hold_comment(held, by=lim)
    actions.mark_spam(spam, by=mo)
    actions.approve_comment(kept, by=mo)
    for name, comment in (
        ("restore", removed),
        ("hold", removed),
        ("approve", held),
        ("remove", held),
        ("approve", spam),
        ("hold", kept),
        ("remove", kept),
    ):
        with pytest.raises(actions.NotAllowed, match="has decided this"):
            decide(name, comment, ada)
    with pytest.raises(actions.NotAllowed, match="has decided this"):
        actions.undo(gone, by=ada)


def test_a_decision_counts_when_who_took_it_has_gone(post, ada, mo):
    """A removal does not lose its weight when the moderator's account is suspended or deleted."""
    comment = make_comment(post)
    event = actions.remove_comment(comment, by=mo, reason="Off topic")
    mo.delete()
    for act in (lambda: actions.restore_comment(comment, by=ada), lambda: actions.undo(event, by=ada)):
        with pytest.raises(actions.NotAllowed):
            act()


def test_a_moderator_changes_no_decision_of_an_owner(post, mo, owner):
    comment = make_comment(post)
    event = actions.remove_comment(comment, by=owner, reason="Off topic")
    with pytest.raises(actions.NotAllowed, match="owner of this site has decided"):
        actions.restore_comment(comment, by=mo)
    with pytest.raises(actions.NotAllowed, match="owner of this site has decided"):
        actions.undo(event, by=mo)


def test_any_moderator_may_decide_on_a_comment_that_a_rule_held(post, ada):
    comment = make_comment(post, state="held")
    actions.approve_comment(comment, by=ada)
    actions.hold_comment(comment, by=None, reason="Three links")
    actions.approve_comment(comment, by=ada)


def test_who_takes_their_own_decision_back_leaves_the_comment_to_others(post, ada, mo):
    comment = make_comment(post)
    actions.undo(actions.remove_comment(comment, by=mo, reason="A slip"), by=mo)
    event = actions.remove_comment(comment, by=ada, reason="Off topic")
    # Taking back somebody else's decision is one, and stays.
    actions.undo(event, by=mo)
    with pytest.raises(actions.NotAllowed):
        actions.remove_comment(comment, by=ada, reason="Off topic")


def test_undoing_brings_back_whose_decision_it_was(post, ada, mo, owner):
    comment = make_comment(post)
    actions.remove_comment(comment, by=mo, reason="Off topic")
    actions.undo(actions.restore_comment(comment, by=owner), by=owner)
    assert state_of(comment)[0] == "removed"
    with pytest.raises(actions.NotAllowed, match="A moderator has decided"):
        actions.restore_comment(comment, by=ada)
    actions.restore_comment(comment, by=mo)


def test_an_approval_is_of_the_words_that_stood_there(post, ada, mo, bob):
    comment = make_comment(post, by=bob, state="held")
    actions.approve_comment(comment, by=mo)
    with pytest.raises(actions.NotAllowed):
        actions.remove_comment(comment, by=ada, reason="Off topic")
    actions.edit_comment(comment, by=bob, text="Quite other words.")
    actions.remove_comment(comment, by=ada, reason="Off topic")


def test_words_that_a_moderator_holds_stay_held_when_they_are_edited(post, ada, mo, bob):
    comment = make_comment(post, by=bob)
    actions.hold_comment(comment, by=mo)
    actions.edit_comment(comment, by=bob, text="Quite other words.")
    with pytest.raises(actions.NotAllowed):
        actions.approve_comment(comment, by=ada)


def test_ones_own_comment_is_approved_where_a_rule_held_it_and_not_against_others(post, ada, mo, ben):
    own = make_comment(post, by=ada, state="held")
    actions.approve_comment(own, by=ada)
    of_mo = make_comment(post, by=mo, state="held")
    actions.approve_comment(of_mo, by=mo)
    actions.remove_comment(of_mo, by=ben, reason="Off topic")
    with pytest.raises(actions.NotAllowed, match="comment of yours"):
        actions.restore_comment(of_mo, by=mo)


def test_nobody_dismisses_reports_of_their_own_comment(post, ada, mo, owner):
    for writer in (ada, mo):
        own = make_comment(post, by=writer)
        report(own)
        for settle in (
            partial(actions.approve_comment, own, by=writer),
            partial(actions.remove_comment, own, by=writer, reason="Off topic"),
            partial(actions.mark_spam, own, by=writer),
        ):
            with pytest.raises(actions.NotAllowed, match="Readers have reported"):
                settle()
        # Not by a detour either: what was held first is still reported.
        actions.hold_comment(own, by=writer, reason="To be looked at")
        with pytest.raises(actions.NotAllowed, match="Readers have reported"):
            actions.approve_comment(own, by=writer)
        actions.approve_comment(own, by=owner)


def test_a_branch_is_not_moved_with_a_comment_of_somebody_above(post, mo, owner):
    other, opener = make_post(), make_comment(post)
    answer = make_comment(post, by=owner, parent=opener)
    with pytest.raises(actions.NotAllowed, match="owner"):
        actions.move_branch(opener, to_post=other, by=mo)
    assert Comment.objects.get(pk=answer.pk).post_id == post.pk
    actions.move_branch(opener, to_post=other, by=owner)
    assert Comment.objects.get(pk=answer.pk).post_id == other.pk


def test_the_decisions_that_settle_reports_are_one_list():
    assert frozenset(deciding.REPORTS_BECOME) == permissions.SETTLING


def test_a_limited_moderator_does_not_approve_their_own_comment(post, lim):
    own = make_comment(post, by=lim, state="held")
    with pytest.raises(actions.NotAllowed):
        actions.approve_comment(own, by=lim)


def test_who_made_a_post_and_is_no_author_any_more_decides_nothing_there(post, ada):
    comment = make_comment(post)
    post.bylines.all().delete()
    ada.author.delete()
    former = type(ada).objects.get(pk=ada.pk)
    with pytest.raises(actions.NotAllowed):
        actions.remove_comment(comment, by=former, reason="Off topic")


def test_a_second_click_gives_its_receipt_to_who_decided_on_somebody_below(post, lim):
    comment = make_comment(post)
    first = actions.hold_comment(comment, by=lim, seen=0)
    assert actions.hold_comment(comment, by=lim, seen=0) == first


def test_a_branch_is_moved_by_moderators_and_not_above_them(post, ada, lim, mo, owner):
    elsewhere = make_post()
    comment, of_owner = make_comment(post), make_comment(post, by=owner)
    for by in (ada, lim):
        with pytest.raises(actions.NotAllowed, match="Only moderators can move"):
            actions.move_branch(comment, to_post=elsewhere, by=by)
    with pytest.raises(actions.NotAllowed, match="owner of this site"):
        actions.move_branch(of_owner, to_post=elsewhere, by=mo)
    assert set(Comment.objects.values_list("post", flat=True)) == {post.pk}
    actions.move_branch(comment, to_post=elsewhere, by=mo)
    assert list(audit.findings()) == []


# --- what was decided before it was kept who had decided ------------------------------------------------------


def standing():
    comments = Comment.objects.order_by("pk").values_list("pk", "decided_rank", "decided_by")
    events = ModerationEvent.objects.exclude(action="move").order_by("pk")
    return list(comments), list(events.values_list("pk", "before", "after"))


def test_who_decided_is_found_out_from_the_events_of_before(post, ada, bob, lim, mo, owner):
    one, two, three, four = (make_comment(post, by=bob) for _number in range(4))
    actions.hold_comment(one, by=lim)
    actions.undo(actions.approve_comment(one, by=mo), by=mo)
    actions.undo(actions.remove_comment(two, by=ada, reason="Off topic"), by=mo)
    actions.approve_comment(actions.hold_comment(three, by=owner).comment, by=owner)
    actions.edit_comment(three, by=bob, text="Quite other words.")
    actions.undo(actions.undo(actions.mark_spam(four, by=ada), by=ada), by=owner)
    actions.move_branch(four, to_post=make_post(), by=mo)
    make_comment(post, state="held")
    expected = standing()
    assert {rank for _pk, rank, _by in expected[0]} == {0, 1, 2, 3}
    Comment.objects.order_by().update(decided_rank=0, decided_by=None)
    for event in ModerationEvent.objects.all():
        for side in (event.before, event.after):
            side.pop("rank", None)
            side.pop("by", None)
        event.save()
    assert standing() != expected
    import_module("comments.migrations.0012_who_decided_so_far").write_down(apps, None)
    assert standing() == expected
