"""Give the columns of former releases a default in the database: code that does not know them may still be writing."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0012_who_decided_so_far'),
    ]

    operations = [
        migrations.AlterField(
            model_name='discussion',
            name='held_count',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='discussion',
            name='spam_count',
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='report',
            name='network_hash',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
    ]
