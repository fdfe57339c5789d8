"""Count the comments that wait for review and those taken for spam, once; from now on the numbers are kept."""

from django.db import migrations
from django.db.models import Count, Q


def count(apps, schema_editor):
    comments = apps.get_model("comments", "Comment").objects.filter(state__in=["held", "spam"])
    discussions = apps.get_model("comments", "Discussion").objects
    counts = comments.order_by().values_list("post").annotate(
        held=Count("pk", filter=Q(state="held")), spam=Count("pk", filter=Q(state="spam"))
    )
    for post_id, held, spam in counts:
        discussions.update_or_create(pk=post_id, defaults={"held_count": held, "spam_count": spam})


class Migration(migrations.Migration):
    dependencies = [("comments", "0003_queue_counts_and_indexes")]
    # Backwards there is nothing to do: the columns go.
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
