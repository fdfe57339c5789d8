"""Finds public comments for the site's search; `blog.search` asks for it through its registry and knows no comments."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import markup, search
from comments import lists
from comments.models import Comment


def find_comments(question: search.Question, until: datetime | None) -> Iterator[search.Hit]:
    """Yield public comments on public posts that match the question, newest first.

    The author filter finds what that author wrote as a member.
    """
    rows = question.narrow(lists.public_comments(), "body_html")
    if question.author:
        rows = rows.filter(user__isnull=False, user=question.author.user_id)
    if question.year:
        zone = timezone.get_current_timezone()
        begin, end = (datetime(year, 1, 1, tzinfo=zone) for year in (question.year, question.year + 1))
        rows = rows.filter(published_at__gte=begin, published_at__lt=end)
    if until:
        rows = rows.filter(published_at__lte=until)
    for comment in islice(rows.iterator(chunk_size=search.CHUNK), search.MOST_LOOKED_AT):
        text = markup.plain_text(comment.body_html)
        if question.matches(text):
            yield _hit(comment, question)


def _hit(comment: Comment, question: search.Question) -> search.Hit:
    title = _("%(name)s on “%(title)s”") % {"name": comment.writer_name, "title": comment.post.title}
    assert comment.published_at is not None
    return search.Hit(
        kind="comments",
        pk=comment.pk,
        at=comment.published_at,
        url=f"{comment.get_absolute_url()}in-thread/",
        post_id=comment.post_id,
        title=[(title, False)],
        text=search.excerpt(search.lines(comment.body_html), question),
    )


KIND = search.SearchKind(name="comments", label=gettext_lazy("Comments"), find=find_comments)
