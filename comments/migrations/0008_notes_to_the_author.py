"""Let readers tell an author something that is not published."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_proven_addresses'),
        ('blog', '0001_posts_and_sources'),
        ('comments', '0007_networks_of_reports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guest_name', models.CharField(blank=True, max_length=60, verbose_name="guest's name")),
                ('text', models.TextField(verbose_name='text')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='sent')),
                ('read_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='read')),
                ('guest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='accounts.guest')),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='blog.post')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'note to the author',
                'verbose_name_plural': 'notes to the author',
                'indexes': [models.Index(condition=models.Q(('read_at__isnull', True)), fields=['post'], name='note_unread_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('user__isnull', True), ('guest__isnull', True), _connector='OR'), name='note_has_one_writer_at_most')],
            },
        ),
    ]
