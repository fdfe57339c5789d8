"""Write the keys of names, and the names and addresses of before in one spelling with their marks.

Former addresses lead on. Texts get their one spelling when they are rendered anew.
"""

from django.db import migrations
from django.utils import timezone

from accounts.names import name_key
from accounts.spelling import cut, folded, nfc
from blog.models.versions import NewVersion
from blog.respelling import respell_addresses, write_anew

FOLDERS = {"Tag": "tag", "Category": "category", "Author": "author", "Publication": "source"}


def spelled(*columns):
    """Return for each column the function that gives its value in NFC."""
    return {column: lambda row, column=column: nfc(getattr(row, column)) for column in columns}


def keyed(of, by=name_key):
    return lambda row: cut(by(getattr(row, of)), 120)


def write_names(apps, schema_editor):
    def rows(name):
        return apps.get_model("blog", name).objects.all()

    write_anew(rows("Tag"), spelled("name") | {"key": keyed("name", folded)})
    write_anew(rows("Category"), spelled("name"))
    write_anew(rows("Author"), spelled("name") | {"name_key": keyed("name")})
    write_anew(
        rows("Publication"),
        spelled("name", "full_name") | {"name_key": keyed("name"), "full_name_key": keyed("full_name")},
    )
    write_anew(rows("SiteSettings"), spelled("name", "tagline") | {"name_key": keyed("name")})
    write_anew(rows("Post").only("title", "dek", "excerpt"), spelled("title", "dek", "excerpt"))


def write_addresses(apps, schema_editor):
    old = apps.get_model("blog", "OldAddress")
    count = 0
    for name, folder in FOLDERS.items():
        rows = apps.get_model("blog", name).objects.all()
        count += respell_addresses(rows, old, name="name", path_of=lambda _row, slug, at=folder: f"/{at}/{slug}/")
    posts = apps.get_model("blog", "Post").objects.only(
        "title", "slug", "state", "year", "month", "first_published_at"
    )
    count += respell_addresses(posts, old, name="title", path_of=path_of_post)
    if count:
        # All kept pages name something that has moved.
        apps.get_model("blog", "SiteSettings").objects.update(version=NewVersion())


def path_of_post(post, slug):
    if post.state == "draft" or post.year is None or post.first_published_at > timezone.now():
        return ""
    return f"/{post.year:04d}/{post.month:02d}/{slug}/"


class Migration(migrations.Migration):
    # A transaction for some rows at a time: on SQLite, whoever writes waits for it.
    atomic = False
    dependencies = [("blog", "0007_keys_of_names")]
    # Backwards there is nothing to do: the keys go with their columns. Former code cannot print addresses with marks.
    operations = [
        migrations.RunPython(write_names, migrations.RunPython.noop),
        migrations.RunPython(write_addresses, migrations.RunPython.noop),
    ]
