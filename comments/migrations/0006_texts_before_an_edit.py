"""Keep what a comment said before its writer changed it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0005_visits'),
    ]

    operations = [
        migrations.CreateModel(
            name='CommentRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(verbose_name='text')),
                ('body_format', models.CharField(choices=[('markdown', 'Markdown'), ('wordpress', 'WordPress')], max_length=10)),
                ('created_at', models.DateTimeField()),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='revisions', to='comments.comment')),
            ],
            options={
                'verbose_name': 'former text of a comment',
                'verbose_name_plural': 'former texts of comments',
            },
        ),
    ]
