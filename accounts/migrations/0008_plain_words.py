"""Put labels of members into plain words; the database stays as it is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0007_keys_with_marks'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='is_staff',
            field=models.BooleanField(default=False, verbose_name='can use the admin'),
        ),
        migrations.AlterField(
            model_name='user',
            name='note_mails',
            field=models.BooleanField(db_default=True, default=True, verbose_name='receives readers’ notes by e-mail'),
        ),
        migrations.AlterField(
            model_name='user',
            name='shortcuts',
            field=models.BooleanField(default=True, verbose_name='keyboard shortcuts'),
        ),
        migrations.AlterField(
            model_name='user',
            name='slug',
            field=models.SlugField(allow_unicode=True, editable=False, max_length=64, unique=True, verbose_name='URL slug'),
        ),
        migrations.AlterField(
            model_name='user',
            name='theme',
            field=models.CharField(blank=True, choices=[('', 'same as device'), ('light', 'light'), ('dark', 'dark')], default='', max_length=5, verbose_name='theme'),
        ),
    ]
