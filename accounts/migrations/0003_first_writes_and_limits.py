"""Guests are recognised at their first write by what it was made from; limits need one number each."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_moderator_groups")]

    operations = [
        migrations.RenameField("guest", "token_hash", "origin_key"),
        # Nothing has been limited yet, so there is nothing to take over.
        migrations.RemoveField("ratebucket", "tokens"),
        migrations.RemoveField("ratebucket", "filled_at"),
        migrations.RemoveField("ratebucket", "full_at"),
        migrations.AddField("ratebucket", "full_at", models.FloatField(db_index=True, default=0.0), preserve_default=False),
    ]
