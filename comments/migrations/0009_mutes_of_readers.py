"""Keep what readers mute: people and branches."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_proven_addresses'),
        ('comments', '0008_notes_to_the_author'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Mute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('muted_name', models.CharField(blank=True, max_length=60)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('comment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='comments.comment')),
                ('guest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mutes', to='accounts.guest')),
                ('muted_guest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.guest')),
                ('muted_user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='mutes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mute',
                'verbose_name_plural': 'mutes',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('guest__isnull', True), ('user__isnull', False)), models.Q(('guest__isnull', False), ('user__isnull', True)), _connector='OR'), name='mute_has_one_owner'), models.CheckConstraint(condition=models.Q(models.Q(('comment__isnull', True), ('muted_guest__isnull', True), ('muted_name', ''), ('muted_user__isnull', False)), models.Q(('comment__isnull', True), ('muted_guest__isnull', False), ('muted_user__isnull', True)), models.Q(('comment__isnull', True), ('muted_guest__isnull', True), ('muted_user__isnull', True), models.Q(('muted_name', ''), _negated=True)), models.Q(('comment__isnull', False), ('muted_guest__isnull', True), ('muted_name', ''), ('muted_user__isnull', True)), _connector='OR'), name='mute_is_of_one_kind'), models.UniqueConstraint(condition=models.Q(('user__isnull', False), ('comment__isnull', True), ('muted_guest__isnull', True), ('muted_name', ''), ('muted_user__isnull', False)), fields=('user', 'muted_user'), name='user_mutes_muted_user_once'), models.UniqueConstraint(condition=models.Q(('user__isnull', False), ('comment__isnull', True), ('muted_guest__isnull', False), ('muted_user__isnull', True)), fields=('user', 'muted_guest'), name='user_mutes_muted_guest_once'), models.UniqueConstraint(condition=models.Q(('user__isnull', False), ('comment__isnull', True), ('muted_guest__isnull', True), ('muted_user__isnull', True), models.Q(('muted_name', ''), _negated=True)), fields=('user', 'muted_name'), name='user_mutes_muted_name_once'), models.UniqueConstraint(condition=models.Q(('user__isnull', False), ('comment__isnull', False), ('muted_guest__isnull', True), ('muted_name', ''), ('muted_user__isnull', True)), fields=('user', 'comment'), name='user_mutes_comment_once'), models.UniqueConstraint(condition=models.Q(('guest__isnull', False), ('comment__isnull', True), ('muted_guest__isnull', True), ('muted_name', ''), ('muted_user__isnull', False)), fields=('guest', 'muted_user'), name='guest_mutes_muted_user_once'), models.UniqueConstraint(condition=models.Q(('guest__isnull', False), ('comment__isnull', True), ('muted_guest__isnull', False), ('muted_user__isnull', True)), fields=('guest', 'muted_guest'), name='guest_mutes_muted_guest_once'), models.UniqueConstraint(condition=models.Q(('guest__isnull', False), ('comment__isnull', True), ('muted_guest__isnull', True), ('muted_user__isnull', True), models.Q(('muted_name', ''), _negated=True)), fields=('guest', 'muted_name'), name='guest_mutes_muted_name_once'), models.UniqueConstraint(condition=models.Q(('guest__isnull', False), ('comment__isnull', False), ('muted_guest__isnull', True), ('muted_name', ''), ('muted_user__isnull', True)), fields=('guest', 'comment'), name='guest_mutes_comment_once')],
            },
        ),
    ]
