"""Give the rows that join posts with topics related names that say what they are; the database stays as it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("blog", "0010_keep_feed_ids")]
    # None of these makes SQL: a related name is Python's only.
    operations = [
        migrations.AlterField(
            "postcategory",
            "category",
            models.ForeignKey("blog.category", django.db.models.deletion.PROTECT, related_name="post_categories"),
        ),
        migrations.AlterField(
            "postcategory",
            "post",
            models.ForeignKey("blog.post", django.db.models.deletion.CASCADE, related_name="post_categories"),
        ),
        migrations.AlterField(
            "posttag", "post", models.ForeignKey("blog.post", django.db.models.deletion.CASCADE, related_name="post_tags")
        ),
        migrations.AlterField(
            "posttag", "tag", models.ForeignKey("blog.tag", django.db.models.deletion.PROTECT, related_name="post_tags")
        ),
    ]
