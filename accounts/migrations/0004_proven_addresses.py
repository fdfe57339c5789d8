"""Take the addresses of members who are here already as proven: whoever ran the site made their accounts."""

from django.db import migrations


def prove(apps, schema_editor):
    member = apps.get_model("accounts", "User")
    address = apps.get_model("account", "EmailAddress")
    known = set(address.objects.values_list("user_id", flat=True))
    members = member.objects.exclude(pk__in=known).values_list("pk", "email")
    address.objects.bulk_create(
        (address(user_id=pk, email=email.lower(), verified=True, primary=True) for pk, email in members.iterator()),
        batch_size=500,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_first_writes_and_limits"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    # Going back leaves them: the table goes with its own migrations.
    operations = [migrations.RunPython(prove, migrations.RunPython.noop)]
