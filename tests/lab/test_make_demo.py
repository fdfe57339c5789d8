"""Generating sites of any size, with correct numbers, and texts whose HTML is what the renderer would give."""

import random
from datetime import timedelta
from io import StringIO
from statistics import mean

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from blog import markup
from blog.models import Byline, PageState, Post, Quotation
from comments.integrity import audit
from comments.models import Comment, Discussion, Vote
from exchange.demo import load
from lab.demo import crowd, prose, shapes


def make_demo(**options) -> str:
    out = StringIO()
    call_command("make_demo", stdout=out, **options)
    return out.getvalue()


# --- pure -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_a_discussion_has_depth_forks_and_long_exchanges_of_two(seed):
    turns = shapes.discussion(600, people=60, chance=random.Random(seed))
    levels, longest_run, run = [], 0, 0
    for turn in turns:
        assert turn.parent is None or turn.parent < turn.place
        assert turn.parent is None or turns[turn.parent].writer != turn.writer
        levels.append(0 if turn.parent is None else levels[turn.parent] + 1)
        run = run + 1 if turn.parent is not None and turn.parent == turn.place - 1 else 0
        longest_run = max(longest_run, run)
    answered = [turn.parent for turn in turns if turn.parent is not None]
    assert max(levels) >= 10
    assert longest_run >= 6
    assert len(set(answered)) < len(answered)
    assert 0.15 < levels.count(0) / len(levels) < 0.35


def test_threads_have_every_turn_once_and_openers_first():
    turns = shapes.discussion(300, people=20, chance=random.Random(3))
    threads = shapes.threads(turns)
    assert sorted(turn.place for thread in threads for turn in thread) == list(range(300))
    for thread in threads:
        assert thread[0].parent is None
        places = {turn.place for turn in thread}
        assert all(turn.parent in places for turn in thread[1:])


def test_nobody_votes_twice_or_for_themselves():
    chance = random.Random(4)
    for turn in shapes.discussion(500, people=7, chance=chance):
        chosen = shapes.voters(turn, people=7, chance=chance)
        assert len(chosen) == len(set(chosen)) == turn.votes
        assert turn.writer not in chosen


def test_texts_are_as_long_as_comments_are_and_render_to_their_html():
    chance = random.Random(5)
    pool = prose.paragraphs(prose.comment_sentences(), chance=chance, count=400)
    texts, answered = [], None
    for _number in range(3000):
        texts.append(prose.comment_text(pool, chance=chance, answered=answered))
        answered = texts[-1]
    assert mean(len(text.typed) for text in texts) == pytest.approx(prose.MEAN_LENGTH, rel=0.08)
    assert any("<blockquote>" in text.html for text in texts)
    for text in texts[:150]:
        assert markup.render_comment(text.typed) == text.html


def test_sentences_mean_the_same_anywhere():
    for sentence in prose.comment_sentences() + prose.post_sentences():
        assert not set(sentence) & set("#@*_[]<>|")
        assert not sentence.startswith((">", ":::"))


# --- on the site ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_invented_site_is_right_in_every_count():
    said = make_demo(posts=40, comments=300, seed=7)
    assert said.startswith("Made 40 posts and 300 comments in ")
    assert list(audit.findings()) == []
    assert Post.objects.listed().count() == Discussion.objects.count() == 40
    assert Post.objects.published().count() == PageState.objects.count() == 40 + len(load.PAGES)
    assert Byline.objects.values("post").distinct().count() == 40
    assert Comment.objects.public().count() == 300
    assert Discussion.objects.aggregate(all=Sum("comment_count"))["all"] == 300
    assert Vote.objects.count() == Comment.objects.aggregate(all=Sum("score"))["all"] > 0
    now = timezone.now()
    assert not Comment.objects.filter(created_at__gt=now).exists()
    oldest = Post.objects.order_by("published_at").first()
    assert timedelta(days=35) < now - oldest.published_at < timedelta(days=42)


@pytest.mark.django_db
def test_invented_posts_quote_what_their_text_quotes():
    make_demo(posts=30, seed=2)
    quoting = Post.objects.filter(body__contains=":::source")
    assert quoting.count() > 0
    assert Quotation.objects.count() == quoting.count()
    for post in Post.objects.all()[:5]:
        rendered = markup.render_post(post.body, body_format=post.body_format)
        assert (post.body_html, post.word_count) == (rendered.html, rendered.words)


@pytest.mark.django_db
def test_all_comments_can_stand_on_one_post():
    make_demo(posts=1, comments=120, seed=3)
    assert Discussion.objects.get().comment_count == 120
    assert list(Comment.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 121))
    assert list(audit.findings()) == []


@pytest.mark.django_db
def test_the_same_seed_invents_the_same_and_another_site_is_added():
    make_demo(posts=3, comments=20, seed=11)
    first = list(Comment.objects.order_by("pk").values_list("body", flat=True))
    make_demo(posts=3, comments=20, seed=11)
    assert list(Comment.objects.order_by("pk").values_list("body", flat=True)) == first * 2
    assert Post.objects.posts().count() == 6
    assert User.objects.filter(email__startswith="reader-").count() == crowd.MEMBERS
    assert list(audit.findings()) == []


def test_impossible_numbers_are_refused():
    with pytest.raises(CommandError, match="--posts"):
        make_demo(posts=0)
    with pytest.raises(CommandError, match="--comments"):
        make_demo(comments=-1)
