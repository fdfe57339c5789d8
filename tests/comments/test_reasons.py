"""One list of reasons: what the house rules say, what a report asks, and what a removal gives."""

import re

import pytest

from comments.models import Comment, ReportReason
from comments.moderation import forms, reasons
from exchange.demo.standing import make_standing_pages
from tests.comments.pages import find, page_of, words
from tests.factories import make_comment, make_post
from tests.house_rules import ROOT, read

LABELS = [str(label) for _value, label in reasons.REASONS]


@pytest.fixture
def comment(db):
    return make_comment(make_post(), name="Ann")


def test_the_rules_of_a_new_site_say_the_reasons(client, db):
    make_standing_pages()
    page = page_of(client.get("/rules/"))
    assert [words(item) for item in find(page, ".prose li")] == LABELS


def test_the_demos_rules_explain_these_reasons_in_this_order():
    text = (ROOT / "exchange/demo/content/pages/rules.md").read_text()
    assert re.findall(r"^\d+\. \*\*(.+?)\.\*\*", text, flags=re.M) == LABELS


def test_a_report_asks_for_the_same_reasons_or_something_else(client, comment):
    page = page_of(client.get(f"/comments/{comment.pk}/report/"))
    assert [words(item) for item in find(page, "fieldset label")] == [*LABELS, "Something else"]


def test_a_removal_asks_for_the_same_reasons_by_number(client, comment, mo):
    client.force_login(mo)
    page = page_of(client.get(f"/comments/{comment.pk}/removal/"))
    numbered = [f"{number} {label}" for number, label in enumerate(LABELS, start=1)]
    assert [words(item) for item in find(page, ".reasons label")] == numbered


@pytest.mark.parametrize("reason", [*reasons.FORMER_REASONS, *(value for value, _label in reasons.REASONS)])
def test_every_current_and_former_reason_can_be_given(client, comment, mo, reason):
    client.force_login(mo)
    client.post(f"/comments/{comment.pk}/removal/", {"reason": reason})
    label = ReportReason(reasons.FORMER_REASONS.get(reason, reason)).label
    assert Comment.objects.get().state_reason == label


def test_a_removal_cannot_use_reasons_that_are_for_reports_only():
    assert not forms.RemovalForm({"reason": ReportReason.OTHER}).is_valid()


def test_the_keys_of_the_queue_reach_every_reason():
    most = re.search(r"/\^\[1-(\d)\]\$/", read("static/js/queue.js"))
    assert most and int(most[1]) >= len(LABELS)


def test_nothing_promises_an_appeal_or_a_letter_that_nobody_sends():
    """The texts may promise these things again once a feature keeps the promise."""
    texts = [
        *(ROOT / "exchange/demo/content/pages").glob("*.md"),
        *(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}),
    ]
    assert len(texts) > 100
    promise = re.compile(
        r"\bappeal|you (?:are told the|will be told)|let you know|notif(?:y|ied)|copy of everything", re.I
    )
    found = [f"{path.name}: {words[0]}" for path in texts if (words := promise.search(path.read_text()))]
    assert found == []
