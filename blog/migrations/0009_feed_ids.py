"""Columns for what feed readers know entries by, and for when readers last got other words."""

from django.db import migrations, models

import blog.models.posts
import blog.models.site


class Migration(migrations.Migration):
    dependencies = [("blog", "0008_marks_are_letters")]
    operations = [
        migrations.AddField(
            model_name="post",
            name="changed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        # Without its default at first, which would give one and the same id to every row of before.
        migrations.AddField(
            model_name="post",
            name="entry_id",
            field=models.CharField(editable=False, max_length=500, null=True, unique=True),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="post",
                    name="entry_id",
                    field=models.CharField(
                        default=blog.models.posts.new_entry_id,
                        editable=False,
                        max_length=500,
                        null=True,
                        unique=True,
                    ),
                )
            ]
        ),
        migrations.AddField(
            model_name="sitesettings",
            name="feed_base",
            field=models.CharField(
                db_default="", default=blog.models.site.first_address, editable=False, max_length=200
            ),
        ),
    ]
