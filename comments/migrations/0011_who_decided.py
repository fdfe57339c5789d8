"""Keep with a comment who gave it its state, and with which rank, so that nobody below changes that."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('comments', '0010_edits_are_events'),
    ]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='decided_rank',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='comment',
            name='decided_by',
            field=models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('decided_by__isnull', False)), fields=['decided_by'], name='comment_decided_by_idx'),
        ),
    ]
