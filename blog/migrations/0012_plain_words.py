"""Put labels and help texts of the admin into plain words; the database stays as it is."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('blog', '0011_related_names_of_topics'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='oldaddress',
            options={'verbose_name': 'redirect', 'verbose_name_plural': 'redirects'},
        ),
        migrations.AlterField(
            model_name='article',
            name='date',
            field=models.CharField(blank=True, help_text='2026-03-02, or as printed in the source.', max_length=40, verbose_name='date'),
        ),
        migrations.AlterField(
            model_name='article',
            name='is_dead',
            field=models.BooleanField(default=False, verbose_name='link no longer works'),
        ),
        migrations.AlterField(
            model_name='article',
            name='url',
            field=models.URLField(blank=True, max_length=1000, verbose_name='web address'),
        ),
        migrations.AlterField(
            model_name='author',
            name='slug',
            field=models.SlugField(allow_unicode=True, max_length=80, unique=True, verbose_name='URL slug'),
        ),
        migrations.AlterField(
            model_name='authorhandle',
            name='url',
            field=models.URLField(max_length=500, verbose_name='web address'),
        ),
        migrations.AlterField(
            model_name='category',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='blog.category', verbose_name='parent category'),
        ),
        migrations.AlterField(
            model_name='category',
            name='slug',
            field=models.SlugField(allow_unicode=True, max_length=140, unique=True, verbose_name='URL slug'),
        ),
        migrations.AlterField(
            model_name='figure',
            name='alt',
            field=models.CharField(help_text='Describe the image for people who can’t see it.', max_length=500, verbose_name='alt text'),
        ),
        migrations.AlterField(
            model_name='figure',
            name='link',
            field=models.CharField(blank=True, db_default='', default='', help_text='Where a click on the image leads. If empty, a large image opens in full size.', max_length=2000, verbose_name='link'),
        ),
        migrations.AlterField(
            model_name='oldaddress',
            name='target',
            field=models.CharField(max_length=500, verbose_name='redirects to'),
        ),
        migrations.AlterField(
            model_name='post',
            name='body',
            field=models.TextField(blank=True, verbose_name='text'),
        ),
        migrations.AlterField(
            model_name='post',
            name='comment_policy',
            field=models.CharField(choices=[('open', 'open to everyone'), ('members', 'members only'), ('held', 'held until a moderator approves'), ('closed', 'closed')], default='open', max_length=10, verbose_name='comments'),
        ),
        migrations.AlterField(
            model_name='post',
            name='comments_close_after',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Leave empty to use the site setting.', null=True, verbose_name='close comments after (days)'),
        ),
        migrations.AlterField(
            model_name='post',
            name='excerpt',
            field=models.TextField(blank=True, help_text='Used in lists and feeds; if empty, the dek is used.', verbose_name='excerpt'),
        ),
        migrations.AlterField(
            model_name='post',
            name='path',
            field=models.CharField(blank=True, max_length=300, null=True, unique=True, verbose_name='URL path'),
        ),
        migrations.AlterField(
            model_name='post',
            name='shown_in',
            field=models.CharField(blank=True, choices=[('', 'nowhere'), ('menu', 'menu'), ('foot', 'footer')], db_default='', default='', max_length=10, verbose_name='shown in'),
        ),
        migrations.AlterField(
            model_name='post',
            name='slug',
            field=models.SlugField(allow_unicode=True, max_length=200, unique=True, verbose_name='URL slug'),
        ),
        migrations.AlterField(
            model_name='publication',
            name='slug',
            field=models.SlugField(allow_unicode=True, max_length=220, unique=True, verbose_name='URL slug'),
        ),
        migrations.AlterField(
            model_name='tag',
            name='slug',
            field=models.SlugField(allow_unicode=True, max_length=140, unique=True, verbose_name='URL slug'),
        ),
    ]
