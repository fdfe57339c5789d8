"""Keep of a guest’s report which network it came from, for its cap; and name the reasons there are."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0006_texts_before_an_edit'),
    ]

    operations = [
        migrations.AddField(
            model_name='report',
            name='network_hash',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name='report',
            name='reason',
            field=models.CharField(choices=[('off-topic', 'Off topic'), ('attack', 'Personal attack'), ('spam', 'Spam or advertising'), ('hateful', 'Hateful or violent'), ('private', 'Private information'), ('other', 'Something else')], max_length=40, verbose_name='reason'),
        ),
    ]
