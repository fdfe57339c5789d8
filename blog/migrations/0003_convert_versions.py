"""Gives every page and the site a version of today, and a row to every post that has none.

A version that was counted could be met again after a restore, with other bytes under it.
"""

from django.db import migrations

from blog.models.versions import NewVersion


def convert(apps, schema_editor):
    PageState = apps.get_model("blog", "PageState")
    PageState.objects.update(version=NewVersion(), scores=NewVersion())
    apps.get_model("blog", "SiteSettings").objects.update(version=NewVersion())
    posts = apps.get_model("blog", "Post").objects.filter(page_state=None).values_list("pk", flat=True)
    PageState.objects.bulk_create((PageState(post_id=pk) for pk in posts.iterator()), batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0002_versions_by_time'),
    ]

    operations = [
        migrations.RunPython(convert, migrations.RunPython.noop),
    ]
