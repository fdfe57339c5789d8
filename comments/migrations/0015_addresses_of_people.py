"""Give members' pages addresses with the marks of their names; the former ones lead on."""

from django.db import migrations

from blog.models.versions import NewVersion
from blog.respelling import respell_addresses


def write_addresses(apps, schema_editor):
    count = respell_addresses(
        apps.get_model("accounts", "User").objects.only("display_name", "slug"),
        apps.get_model("blog", "OldAddress"),
        name="display_name",
        path_of=lambda _row, slug: f"/people/{slug}/",
    )
    if count:
        apps.get_model("blog", "SiteSettings").objects.update(version=NewVersion())


class Migration(migrations.Migration):
    # A transaction for some rows at a time: on SQLite, whoever writes waits for it.
    atomic = False
    dependencies = [
        ("comments", "0014_one_list_of_reasons"),
        ("accounts", "0007_keys_with_marks"),
        ("blog", "0008_marks_are_letters"),
    ]
    operations = [migrations.RunPython(write_addresses, migrations.RunPython.noop)]
