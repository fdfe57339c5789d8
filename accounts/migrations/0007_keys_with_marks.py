"""Give members the keys that their names have now: marks are letters, and the whole table of look-alikes counts."""

from django.db import migrations

from accounts.respelling import write_keys


def respell(apps, schema_editor):
    write_keys(apps.get_model("accounts", "User"))


class Migration(migrations.Migration):
    # A transaction for some rows at a time: on SQLite, whoever writes waits for it.
    atomic = False
    dependencies = [("accounts", "0006_defaults_for_the_code_before")]
    # Backwards there is nothing to do: what former code compares with is made of the names when it runs.
    operations = [migrations.RunPython(respell, migrations.RunPython.noop)]
