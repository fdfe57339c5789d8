"""Write down what entries of before were given out with, byte for byte: an address under the SITE_URL of now."""

from django.conf import settings
from django.db import migrations
from django.db.models import CharField, Max, Value
from django.db.models.functions import Cast, Concat

# Rows of one statement: on SQLite, whoever writes waits for it.
BATCH = 5000


def write_down(apps, schema_editor):
    posts = apps.get_model("blog", "Post").objects
    given_out = Concat(
        Value(f"{settings.SITE_URL}/posts/"), Cast("pk", CharField()), Value("/preview/"), output_field=CharField()
    )
    for first in range(0, (posts.aggregate(last=Max("pk"))["last"] or 0) + 1, BATCH):
        rows = posts.filter(pk__gte=first, pk__lt=first + BATCH, entry_id=None)
        rows.update(entry_id=given_out)
    apps.get_model("blog", "SiteSettings").objects.filter(feed_base="").update(feed_base=settings.SITE_URL)


class Migration(migrations.Migration):
    # A transaction for some rows at a time: on SQLite, whoever writes waits for it.
    atomic = False
    dependencies = [("blog", "0009_feed_ids")]
    # Backwards there is nothing to do: the columns go.
    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
