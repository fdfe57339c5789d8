"""Write down who decided on comments so far, from the events; a moderator's rank of then is taken from today's."""

from itertools import groupby

from django.db import migrations

OWNER, MODERATOR, LIMITED_MODERATOR, EVERYBODY = 3, 2, 1, 0
NOBODY = (EVERYBODY, None)
AT_ONCE = 500


def write_down(apps, schema_editor):
    event_model = apps.get_model("comments", "ModerationEvent")
    comments = apps.get_model("comments", "Comment").objects
    ranks = _ranks(apps)
    decided = event_model.objects.filter(actor__isnull=False).exclude(action="edit").order_by().values("comment")
    events = event_model.objects.filter(comment__in=decided).exclude(action="move").order_by("comment_id", "pk")
    changed = []
    for comment_id, of_one in groupby(events.iterator(chunk_size=AT_ONCE), key=lambda event: event.comment_id):
        replayed = list(of_one)
        rank, by = _replay(replayed, ranks)
        comments.filter(pk=comment_id).update(decided_rank=rank, decided_by=by)
        changed += replayed
        if len(changed) >= AT_ONCE:
            event_model.objects.bulk_update(changed, ["before", "after"])
            changed = []
    event_model.objects.bulk_update(changed, ["before", "after"])


def _ranks(apps):
    """Return the rank of everybody who decides: the owners, and those in the groups of moderators."""
    users = apps.get_model("accounts", "User").objects.filter(is_active=True)
    ranks = dict.fromkeys(users.filter(groups__name="Limited moderators").values_list("pk", flat=True), LIMITED_MODERATOR)
    ranks |= dict.fromkeys(users.filter(groups__name="Moderators").values_list("pk", flat=True), MODERATOR)
    return ranks | dict.fromkeys(users.filter(is_superuser=True).values_list("pk", flat=True), OWNER)


def _replay(events, ranks):
    """Let each event of a comment know who had decided before and after it; return who has in the end."""
    now, by_id = NOBODY, {}
    for event in events:
        by_id[event.pk] = event
        event.before |= {"rank": now[0], "by": now[1]}
        if event.action != "edit":
            now = _after(event, by_id, ranks)
        event.after |= {"rank": now[0], "by": now[1]}
        if event.action == "edit" and event.after.get("state") == "public":
            # Nobody has decided on the new words yet.
            now = NOBODY
    return now


def _after(event, by_id, ranks):
    mine = (ranks.get(event.actor_id, EVERYBODY), event.actor_id)
    undone = by_id.get(event.undoes_id)
    if undone is None:
        return mine
    former = (undone.before["rank"], undone.before["by"])
    return former if undone.actor_id == event.actor_id or former[0] > mine[0] else mine


class Migration(migrations.Migration):
    dependencies = [("comments", "0011_who_decided"), ("accounts", "0002_moderator_groups")]
    # Backwards there is nothing to do: the columns go.
    operations = [migrations.RunPython(write_down, migrations.RunPython.noop)]
