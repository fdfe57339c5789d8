"""Damages comments by raw SQL, as no code of ours could, and checks that a repair puts everything right."""

from contextlib import contextmanager

from django.db import connection

from blog.models import PageState
from comments.integrity import audit, repair
from comments.models import Comment


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def change_schema(statement):
    """Change the schema within a transaction; PostgreSQL must check the deferred constraints before."""
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("SET CONSTRAINTS ALL DEFERRED")
    sql(statement)


def stored():
    """Return what a repair must never change: the comments, with their posts and numbers."""
    return sorted(Comment.objects.order_by().values_list("pk", "post_id", "number", "body"))


def parents(post):
    rows = Comment.objects.filter(post=post).order_by().values_list("guest_name", "parent__guest_name")
    return dict(rows)


def version_of(post):
    return PageState.objects.get(pk=post.pk).version


@contextmanager
def no_opener_index():
    """Drop the index that allows one opener per tree: a database restored by hand may lack it."""
    change_schema("DROP INDEX one_opener_per_tree")
    yield
    # It can only be made again where the damage is gone.
    change_schema(
        "CREATE UNIQUE INDEX one_opener_per_tree ON comments_comment (tree_id) WHERE parent_id IS NULL"
    )


@contextmanager
def no_check(name):
    """Suspend one check constraint."""
    if connection.vendor == "sqlite":
        sql("PRAGMA ignore_check_constraints = ON")
        yield
        sql("PRAGMA ignore_check_constraints = OFF")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        (definition,) = cursor.fetchone()
    change_schema(f"ALTER TABLE comments_comment DROP CONSTRAINT {name}")
    yield
    change_schema(f"ALTER TABLE comments_comment ADD CONSTRAINT {name} {definition}")


def repaired():
    """Check that there is damage, repair it, check that none is left, and return the sentences of the repair."""
    before = stored()
    assert list(audit.findings()) != []
    said = list(repair.repair())
    assert list(audit.findings()) == []
    assert said
    assert [(pk, post_id, body) for pk, post_id, _number, body in stored()] == [
        (pk, post_id, body) for pk, post_id, _number, body in before
    ]
    # A second repair finds nothing to do.
    assert list(repair.repair()) == []
    return said
