"""Keep the numbers of held and spam comments by post, and let the queue find them without reading the others."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_moderator_groups'),
        ('blog', '0001_posts_and_sources'),
        ('comments', '0002_postgresql_storage'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='discussion',
            name='held_count',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='discussion',
            name='spam_count',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('state', 'held'), ('state', 'spam'), _connector='OR'), fields=['state', 'id', 'post'], name='comment_waiting_idx'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('state', 'held'), ('state', 'spam'), ('state', 'removed'), _connector='OR'), fields=['user', 'state'], name='comment_member_record_idx'),
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(condition=models.Q(('state', 'held'), ('state', 'spam'), ('state', 'removed'), _connector='OR'), fields=['guest', 'state'], name='comment_guest_record_idx'),
        ),
        migrations.AddIndex(
            model_name='discussion',
            index=models.Index(fields=['held_count'], name='discussion_held_idx'),
        ),
        migrations.AddIndex(
            model_name='discussion',
            index=models.Index(fields=['spam_count'], name='discussion_spam_idx'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['state', 'comment'], name='report_state_idx'),
        ),
    ]
