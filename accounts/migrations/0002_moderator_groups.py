"""Make the two groups that moderators stand in; being in one is the role."""

from django.db import migrations

NAMES = ["Moderators", "Limited moderators"]


def make_groups(apps, schema_editor):
    group = apps.get_model("auth", "Group")
    for name in NAMES:
        group.objects.get_or_create(name=name)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people"), ("auth", "0012_alter_user_first_name_max_length")]
    # Going back leaves the groups: people stand in them.
    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
