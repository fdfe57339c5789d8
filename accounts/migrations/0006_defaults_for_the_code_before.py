"""Give the column of a former release a default in the database: code that does not know it may still be writing."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_mails_of_notes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='note_mails',
            field=models.BooleanField(db_default=True, default=True, verbose_name='is mailed readers’ notes'),
        ),
    ]
