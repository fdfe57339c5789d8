"""Makes pages of what the owner has said about the site, its rules and privacy, at the addresses they have had.

A text that was never written is a draft, for the owner to find. Instead of rules readers were shown the reasons for
which comments are removed, so these are what a page of rules says then.
"""

import re
from zoneinfo import ZoneInfo

from django.db import migrations
from django.utils import timezone

from blog.models.versions import NewVersion

PAGES = (
    ("about", "/about/", "About this site"),
    ("rules", "/rules/", "House rules"),
    ("privacy", "/privacy/", "Privacy"),
)
REASONS = (
    "Off topic",
    "Personal attack",
    "Hatred or threats",
    "Private information",
    "False on purpose",
    "Advertising or flooding",
)


def move(apps, schema_editor):
    site = apps.get_model("blog", "SiteSettings").objects.filter(pk=1).first()
    if site is None:
        # A new site, which gets pages of its own with its owner (exchange/demo/standing.py).
        return
    post_model, state_model = apps.get_model("blog", "Post"), apps.get_model("blog", "PageState")
    moment = _moment(post_model)
    for position, (name, path, title) in enumerate(PAGES, start=1):
        body, html = _text(site, name)
        page = post_model(
            kind="page", path=path, title=title, slug=_free(post_model, f"page-{name}"), position=position,
            shown_in="foot", comment_policy="closed", body=body, body_html=html,
            word_count=len(re.sub(r"<[^>]+>", " ", html).split()),
        )  # fmt: skip
        if body.strip():
            local = moment.astimezone(ZoneInfo(site.time_zone))
            page.state, page.published_at, page.first_published_at = "published", moment, moment
            page.year, page.month = local.year, local.month
        page.save()
        state_model.objects.create(post=page)
    apps.get_model("blog", "SiteSettings").objects.update(version=NewVersion())


def _moment(posts):
    """Return since when the pages are public: code that knows no pages yet shows them below every post."""
    first = posts.objects.filter(first_published_at__isnull=False).order_by("first_published_at").first()
    return min(first.first_published_at, timezone.now()) if first else timezone.now()


def _text(site, name):
    body = getattr(site, name)
    if name != "rules" or body.strip():
        return body, getattr(site, f"{name}_html")
    words = "Comments are removed for one of these reasons:"
    lines = [f"{number}. {reason}" for number, reason in enumerate(REASONS, start=1)]
    items = "\n".join(f"<li>{reason}</li>" for reason in REASONS)
    return "\n".join([words, "", *lines, ""]), f"<p>{words}</p>\n<ol>\n{items}\n</ol>\n"


def _free(posts, slug):
    wanted, number = slug, 1
    while posts.objects.filter(slug=wanted).exists():
        number += 1
        wanted = f"{slug}-{number}"
    return wanted


def move_back(apps, schema_editor):
    """Write the texts back as they read now. Other pages must be gone before: the code of before knows none."""
    posts = apps.get_model("blog", "Post")
    for name, path, _title in PAGES:
        for page in posts.objects.filter(path=path):
            texts = {name: page.body, f"{name}_html": page.body_html} if page.state == "published" else {}
            apps.get_model("blog", "SiteSettings").objects.filter(pk=1).update(version=NewVersion(), **texts)
            page.delete()


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0005_pages'),
    ]

    operations = [
        migrations.RunPython(move, move_back),
    ]
