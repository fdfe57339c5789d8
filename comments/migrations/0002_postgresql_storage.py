"""On PostgreSQL, leave room in the comment table's pages for the numbers that answers change in place."""

from django.db import migrations

# fillfactor 50: a reply renumbers its tree; with free room on the page these are HOT updates that touch no index.
# Eager vacuum, since every busy tree leaves dead versions behind.
SET = """
ALTER TABLE comments_comment SET (
    fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02
)
"""
RESET = """
ALTER TABLE comments_comment RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)
"""


def run(statement):
    def on_postgresql(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement)

    return on_postgresql


class Migration(migrations.Migration):
    dependencies = [("comments", "0001_trees_and_votes")]
    operations = [migrations.RunPython(run(SET), run(RESET))]
