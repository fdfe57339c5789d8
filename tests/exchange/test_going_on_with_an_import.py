"""Importing again: nothing changes, local edits stay, an interrupted run continues, later comments find their place."""

import pytest
from django.db import OperationalError

from accounts.models import Guest
from blog import actions as actions_of_posts
from blog.models import Author, Category, Figure, OldAddress, Post, SiteSettings
from comments import actions
from comments.models import Comment, Discussion
from exchange.models import ImportedItem
from exchange.wordpress import posts
from exchange.wordpress.planning import make_plan
from exchange.wordpress.report import Kind as Why
from exchange.wordpress.report import Noun
from exchange.wordpress.write import write
from tests.exchange.exports import bring, category, comment, everything, export, item, saved
from tests.factories import make_comment, make_owner, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media-here"


def three_posts() -> str:
    filed = [("category", "news", "News"), ("post_tag", "sea", "Sea")]
    picture = '<img src="/wp-content/uploads/lost.png" alt="Lost">'
    return export(
        item(5, comment(11), comment(12, parent=11), filed=filed, content=picture),
        item(6, comment(21), comment(22, "@Bob yes", parent=21, comment_approved="0")),
        item(7, comment(31, comment_type="pingback"), post_type="page"),
        terms=category("news", "News"),
    )


def test_a_second_run_changes_nothing(tmp_path):
    bring(tmp_path, three_posts())
    before = everything()
    report = bring(tmp_path, three_posts())
    assert everything() == before
    assert "Imported: nothing new" in report
    assert "3 posts and pages" in report
    assert "4 comments" in report


def test_local_edits_and_removals_stay(tmp_path):
    bring(tmp_path, three_posts())
    Post.objects.filter(slug="post-5").update(title="Edited", slug="moved", state="withdrawn")
    actions.remove_comment(Comment.objects.get(pk=21), by=make_owner(), reason="Off topic")
    Comment.objects.filter(pk=11).update(body="Edited", body_html="<p>Edited</p>", guest_name="Robert")
    SiteSettings.objects.update(name="Commonplace", tagline="")
    OldAddress.objects.all().delete()
    Post.objects.get(slug="moved").post_categories.all().delete()
    Category.objects.all().delete()
    Post.objects.get(slug="moved").bylines.all().delete()
    Post.objects.filter(slug="post-7").delete()
    Figure.objects.all().delete()
    Guest.objects.update(name="Changed")
    Author.objects.update(name="Changed", bio="Changed")
    before = everything()
    bring(tmp_path, three_posts())
    assert everything() == before


class Interrupted(Exception):
    pass


def test_an_interrupted_import_continues_where_it_was(tmp_path):
    path = saved(tmp_path, three_posts())

    def stop_after_the_first(_item):
        raise Interrupted

    with pytest.raises(Interrupted):
        write(make_plan(path), after_post=stop_after_the_first)
    assert Post.objects.count() == 1
    # Readers write in the meantime; the ids still to come are kept free for them.
    local = make_comment(Post.objects.get(), text="Meanwhile")
    assert local.pk > 22
    write(make_plan(path))
    assert sorted(Comment.objects.values_list("pk", flat=True)) == [11, 12, 21, 22, local.pk]
    assert Post.objects.count() == 3
    before = everything()
    write(make_plan(path))
    assert everything() == before


def test_a_post_that_fails_leaves_nothing_behind_and_all_others_are_imported(tmp_path, caplog):
    path = saved(tmp_path, three_posts())
    plan = make_plan(path)
    # Between the two passes somebody takes an id: the database refuses the second post with its comments.
    make_comment(make_post(title="Local"), pk=22)
    write(plan)
    assert "Traceback" in caplog.text
    assert "IntegrityError" in caplog.text
    assert plan.report.counts[Why.FAILED] == 1
    assert set(Post.objects.exclude(title="Local").values_list("slug", flat=True)) == {
        "post-5",
        "page-post-7",
    }
    assert not Post.objects.filter(slug="post-6").exists()
    assert not Comment.objects.filter(pk=21).exists()
    assert not ImportedItem.objects.filter(old_id__in=["6", "21"]).exists()
    write(make_plan(path))
    assert Post.objects.filter(slug="post-6").exists()
    assert Comment.objects.filter(post__slug="post-6").count() == 2


def test_a_post_that_cannot_be_planned_does_not_stop_the_others(tmp_path, caplog, monkeypatch):
    real = posts.title_of
    monkeypatch.setattr(posts, "title_of", lambda item: 1 / 0 if item.id == 6 else real(item))
    reports = [make_plan(saved(tmp_path, three_posts()), dry_run=True).report]
    plan = make_plan(saved(tmp_path, three_posts()))
    write(plan)
    reports.append(plan.report)
    assert "ZeroDivisionError" in caplog.text
    assert set(Post.objects.values_list("slug", flat=True)) == {"post-5", "page-post-7"}
    for report in reports:
        assert report.counts[Why.FAILED] == 1
        assert report.examples[Why.FAILED] == ["“A post”"]
        assert report.came[Noun.PUBLISHED] == 1


def test_a_text_that_cannot_be_converted_is_kept_as_written(tmp_path, caplog, monkeypatch):
    def broken(root):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr("exchange.wordpress.html.mark_clippings", broken)
    report = bring(tmp_path, export(item(5, content="<p>Words of mine.</p>")))
    assert "Words of mine." in Post.objects.get().body_html
    assert "1 texts that could not be converted" in report
    assert "a fault of ours" in caplog.text


def test_an_import_stops_when_the_database_is_gone_and_continues_later(tmp_path, monkeypatch):
    path = saved(tmp_path, three_posts())
    real = actions_of_posts.save_post

    def gone(post, **named):
        if post.slug == "post-6":
            raise OperationalError("the database is locked")
        return real(post, **named)

    monkeypatch.setattr(actions_of_posts, "save_post", gone)
    with pytest.raises(OperationalError):
        write(make_plan(path))
    monkeypatch.undo()
    write(make_plan(path))
    assert Post.objects.count() == 3


def test_items_without_an_id_are_recognised_again(tmp_path):
    text = export(
        item("", comment("", "One", date="2020-05-02 10:00:00"), comment(12, "Two"), title="Odd", slug="odd"),
        item(6, comment("x", "Three"), comment("x", "Four", parent=12)),
    )
    report = bring(tmp_path, text)
    assert "4 invalid numbers and dates" in report
    assert Post.objects.count() == 2
    assert Comment.objects.count() == 4
    assert Comment.objects.get(body="Two").pk == 12
    assert all(comment.pk > 0 for comment in Comment.objects.all())
    before = everything()
    assert "nothing new" in bring(tmp_path, text)
    assert everything() == before
    later = text.replace("<wp:comment>", comment(13, "Five", parent=12) + "<wp:comment>", 1)
    bring(tmp_path, later)
    assert Comment.objects.get(body="Five").parent_id == 12


def test_later_comments_find_their_parents(tmp_path):
    bring(tmp_path, export(item(5, comment(11, name="Zoe"))))
    actions.remove_comment(Comment.objects.get(pk=11), by=make_owner(), reason="Off topic")
    local = make_comment(Post.objects.get(), text="A reader of here")
    later = export(
        item(
            5,
            comment(11, "Edited there", name="Zoe"),
            comment(30_000, "@Zoe no", parent=11, meta={"_commentliked": 2}),
            comment(30_001, "@Bob hm", parent=30_000),
            comment(30_002, comment_approved="spam"),
            comment(30_003),
        )
    )
    report = bring(tmp_path, later)
    assert "3 public comments" in report
    replies = dict(Comment.objects.exclude(pk__in=[11, local.pk]).values_list("pk", "parent_id"))
    assert replies == {30_000: 11, 30_001: 30_000, 30_002: None, 30_003: None}
    assert Comment.objects.get(pk=11).body == "A thought."
    assert Comment.objects.get(pk=11).state == "removed"
    assert "/comments/30000/" in Comment.objects.get(pk=30_001).body_html
    assert Comment.objects.get(pk=30_000).score == 2
    public = Comment.objects.filter(number__isnull=False).order_by("number").values_list("pk", "number")
    assert list(public) == [(11, 1), (local.pk, 2), (30_000, 3), (30_003, 4), (30_001, 5)]
    assert Discussion.objects.get().comment_count == 4
    before = everything()
    bring(tmp_path, later)
    assert everything() == before


def test_later_comments_get_new_ids_when_theirs_are_taken(tmp_path):
    bring(tmp_path, export(item(5, comment(11))))
    local = make_comment(Post.objects.get())
    later = export(item(5, comment(11), comment(local.pk, "Late", parent=11)))
    bring(tmp_path, later)
    late = Comment.objects.get(body="Late")
    assert late.pk != local.pk
    assert late.parent_id == 11


def test_later_comments_follow_a_branch_that_was_moved(tmp_path):
    bring(tmp_path, export(item(5, comment(11)), item(6)))
    there = Post.objects.get(slug="post-6")
    actions.move_branch(Comment.objects.get(pk=11), to_post=there, by=make_owner(), reason="Belongs there")
    bring(tmp_path, export(item(5, comment(11), comment(12, parent=11)), item(6)))
    assert Comment.objects.get(pk=12).post == there


def test_later_comments_of_a_post_that_was_deleted_here_are_left_out(tmp_path):
    bring(tmp_path, export(item(5)))
    Post.objects.all().delete()
    report = bring(tmp_path, export(item(5, comment(11))))
    assert not Comment.objects.exists()
    assert "whose post has been deleted here" in report


def test_two_blogs_with_the_same_numbers_stay_apart(tmp_path):
    bring(tmp_path, export(item(5, comment(11)), base="https://one.example"))
    bring(tmp_path, export(item(5, comment(11), slug="other"), base="https://two.example"))
    assert Post.objects.count() == 2
    assert Comment.objects.count() == 2


def test_the_same_blog_by_another_scheme_is_the_same_blog(tmp_path):
    bring(tmp_path, export(item(5), base="http://www.old.example/"))
    bring(tmp_path, export(item(5), base="https://old.example"))
    assert Post.objects.count() == 1
