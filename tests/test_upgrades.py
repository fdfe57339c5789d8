"""While an upgrade migrates, the code of before still serves: it must be able to write into the schema of after.

Rules on operations say what a migration may do; the former code's own inserts, through the models as its migrations
knew them, show that it can.
"""

import itertools
from collections.abc import Iterator

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import timezone

pytestmark = pytest.mark.own_database

# The oldest code that may still serve during an upgrade. Raise one only for a release that says so: “stop the site”.
BASELINE = {
    "accounts": "0004_proven_addresses",
    "blog": "0001_posts_and_sources",
    "comments": "0002_postgresql_storage",
    "exchange": "0001_imported_items",
}

# Columns that came without a default in the database, and got it by a migration of their own afterwards.
GOT_THEIR_DEFAULT_LATER = {
    ("accounts", "0005_mails_of_notes", "user.note_mails"),
    ("comments", "0003_queue_counts_and_indexes", "discussion.held_count"),
    ("comments", "0003_queue_counts_and_indexes", "discussion.spam_count"),
    ("comments", "0007_networks_of_reports", "report.network_hash"),
}

# What the code of before trips over in general, and why it does not here: (app, migration, what) → reason.
ALLOWED: dict[tuple[str, str, str], str] = {
    ("blog", "0005_pages", "only_pages_have_a_path"): (
        "asks nothing of posts, which are all that the code of before writes: without a path, and of kind `post` "
        "by the column's own default; when it saves a page it leaves both columns as they are"
    ),
}

# What a column holds, widest last: an AlterField may go to the right only.
WIDER = ["PositiveSmallIntegerField", "PositiveIntegerField", "PositiveBigIntegerField"]


# --- rules on operations --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loader():
    return MigrationLoader(None)


def migrations_since_the_baseline(loader) -> Iterator[tuple[str, object, ProjectState]]:
    """Give (app, migration, state before it) for all of ours that may run while older code serves."""
    for app, first in BASELINE.items():
        names = [
            name
            for label, name in loader.graph.forwards_plan(loader.graph.leaf_nodes(app)[0])
            if label == app
        ]
        for name in names[names.index(first) + 1 :]:
            state = loader.project_state((app, name), at_end=False)
            yield app, loader.get_migration(app, name), state


def complaints_about(operation, state: ProjectState, app: str) -> Iterator[str]:
    """Give what in one operation the code of before would trip over, as `what: why`; `state` is that before it."""
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from complaints_about(inner, state, app)
    elif isinstance(operation, operations.AddField):
        yield from _about_new_field(operation)
    elif isinstance(operation, operations.AlterField):
        before = state.models[app, operation.model_name_lower].fields[operation.name]
        yield from _about_changed_field(operation, before)
    elif isinstance(operation, operations.AddConstraint | operations.AlterUniqueTogether):
        name = getattr(getattr(operation, "constraint", None), "name", operation.describe())
        yield f"{name}: rows that the code of before writes may violate it"
    elif isinstance(
        operation,
        operations.RemoveField | operations.RenameField | operations.DeleteModel | operations.RenameModel
        | operations.AlterModelTable | operations.RunSQL,
    ):  # fmt: skip
        yield f"{operation.describe()}: the code of before may still ask for it"


def _about_new_field(operation) -> Iterator[str]:
    field, where = operation.field, f"{operation.model_name_lower}.{operation.name}"
    if field.many_to_many:
        return
    if not field.null and not field.has_db_default():
        yield f"{where}: NOT NULL without db_default, so inserts of the code of before fail"
    if field.unique and not field.null:
        yield f"{where}: unique, and the code of before leaves its default in every row"


def _about_changed_field(operation, before) -> Iterator[str]:
    field, where = operation.field, f"{operation.model_name_lower}.{operation.name}"
    if before.null and not field.null:
        yield f"{where}: NOT NULL now, and the code of before may write NULL"
    if before.has_db_default() and not field.has_db_default():
        yield f"{where}: its db_default goes, and the code of before may rely on it"
    if field.unique and not before.unique:
        yield f"{where}: unique now, and the code of before does not know"
    if before.max_length and (not field.max_length or field.max_length < before.max_length):
        yield f"{where}: shorter now than what the code of before may write"
    kinds = before.get_internal_type(), field.get_internal_type()
    is_wider = set(kinds) <= set(WIDER) and WIDER.index(kinds[0]) < WIDER.index(kinds[1])
    if kinds[0] != kinds[1] and not is_wider:
        yield f"{where}: another type now"
    if before.db_column != field.db_column:
        yield f"{where}: another column now"


def test_what_migrations_do_the_code_of_before_can_live_with(loader):
    complaints = []
    for app, migration, state in migrations_since_the_baseline(loader):
        for operation in migration.operations:
            for complaint in complaints_about(operation, state, app):
                what = complaint.partition(":")[0]
                key = (app, migration.name, what)
                if key not in GOT_THEIR_DEFAULT_LATER and key not in ALLOWED:
                    complaints.append(f"{app}.{migration.name}, {complaint}")
            operation.state_forwards(app, state)
    assert complaints == []


def test_what_got_its_default_later_has_it(loader):
    latest = loader.project_state()
    for app, _migration, column in GOT_THEIR_DEFAULT_LATER:
        model, field = column.split(".")
        assert latest.models[app, model].fields[field].has_db_default(), column


def test_what_is_allowed_is_there(loader):
    known = {(app, migration.name) for app, migration, _state in migrations_since_the_baseline(loader)}
    assert {(app, name) for app, name, _what in (*ALLOWED, *GOT_THEIR_DEFAULT_LATER)} <= known


def text(length=20, **options):
    return models.CharField(max_length=length, **options)


def number(kind=models.PositiveIntegerField, **options):
    return kind(**options)


def add(field):
    return operations.AddField("note", "mood", field)


def alter(name, field):
    return operations.AlterField("note", name, field)


NOTE = [("id", models.AutoField(primary_key=True)), ("kind", text(null=True)), ("count", number())]
GONE = operations.RemoveField("note", "kind")
INDEX = operations.AddIndex("note", models.Index(fields=["kind"], name="kind_idx"))
UNIQUE = operations.AddConstraint("note", models.UniqueConstraint(fields=["kind"], name="one_kind"))
TABLE = operations.CreateModel("Other", [("kind", text())])


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (add(text(default="")), add(text(db_default=""))),
        (add(text(unique=True, db_default="")), add(text(unique=True, null=True))),
        (add(models.BooleanField(default=False)), add(models.BooleanField(null=True))),
        (alter("kind", text(null=False)), alter("kind", text(null=True, verbose_name="sort"))),
        (alter("kind", text(5, null=True)), alter("kind", text(90, null=True))),
        (alter("kind", text(null=True, db_column="sort")), alter("kind", text(null=True, blank=True))),
        (
            alter("count", number(models.PositiveSmallIntegerField)),
            alter("count", number(models.PositiveBigIntegerField)),
        ),
        (alter("count", text()), alter("count", number(default=1))),
        (alter("count", number(unique=True)), alter("count", number(db_index=True))),
        (GONE, INDEX),
        (operations.RenameField("note", "kind", "sort"), operations.RunPython(operations.RunPython.noop)),
        (operations.DeleteModel("note"), TABLE),
        (operations.RenameModel("note", "letter"), operations.AlterModelOptions("note", {})),
        (operations.AlterModelTable("note", "letters"), operations.AlterModelTableComment("note", "x")),
        (UNIQUE, operations.RemoveConstraint("note", "one_kind")),
        (operations.RunSQL("ALTER TABLE note DROP COLUMN kind"), TABLE),
        (
            operations.SeparateDatabaseAndState(database_operations=[GONE]),
            operations.SeparateDatabaseAndState(state_operations=[GONE]),
        ),
    ],
)
def test_the_rule_notices_what_the_code_of_before_trips_over(bad, good):
    state = ProjectState()
    operations.CreateModel("Note", NOTE).state_forwards("blog", state)
    assert list(complaints_about(bad, state, "blog"))
    assert not list(complaints_about(good, state, "blog"))


def test_the_rule_notices_a_default_that_goes():
    state = ProjectState()
    operations.CreateModel("Note", [*NOTE, ("mood", text(db_default=""))]).state_forwards("blog", state)
    assert list(complaints_about(alter("mood", text(default="")), state, "blog"))


# --- the inserts of former code -------------------------------------------------------------------------------


def former_states(loader) -> list[tuple[str, ...]]:
    """Return the names of the states that former code may have: the baseline, and each of ours before its next step."""
    states = [tuple(sorted(BASELINE.items()))]
    for app, migration, _state in migrations_since_the_baseline(loader):
        earlier = [name for label, name in migration.dependencies if label == app]
        states.append(tuple(sorted((BASELINE | {app: earlier[-1]}).items())))
    return list(dict.fromkeys(states))


FORMER = former_states(MigrationLoader(None))


class Hand:
    """Writes a row of any former model, with whatever it needs: values for all columns that this code knows."""

    # What constraints ask for beyond the columns' own types.
    VALUES = {
        "comment": {"lft": 1, "rght": 2, "level": 0, "state": "public", "number": 1},
        "sitesettings": {"id": 1},
        "discussionsettings": {"id": 1},
        "vote": {"value": 1},
    }
    # Relations that must be given although they may be empty.
    RELATIONS = {"vote": ["user"], "mute": ["user", "muted_user"]}

    def __init__(self, apps):
        self.apps = apps
        self.counter = itertools.count(1)

    def write(self, model) -> models.Model:
        """Insert a row and save it once more, as the former code does."""
        row = model(**self._values(model))
        row.save(force_insert=True)
        row.save()
        return row

    def _values(self, model) -> dict:
        name, given = model._meta.model_name, dict(self.VALUES.get(model._meta.model_name, {}))
        for field in model._meta.concrete_fields:
            if field.name in given or (field.primary_key and not field.remote_field):
                if field.primary_key and isinstance(field, models.CharField):
                    given[field.name] = f"key {next(self.counter)}"
                continue
            if field.remote_field:
                if not field.null or field.name in self.RELATIONS.get(name, ()):
                    given[field.name] = self.write(field.remote_field.model)
            elif not (field.null or field.blank or field.has_default()):
                given[field.name] = self._value(field)
        if name == "comment":
            given["published_at"] = timezone.now()
        return given

    def _value(self, field):
        number = next(self.counter)
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, models.FileField):
            return ""
        if isinstance(field, models.DateTimeField):
            return timezone.now()
        if isinstance(field, models.BooleanField):
            return True
        if isinstance(field, models.JSONField):
            return {}
        if isinstance(field, models.IntegerField | models.FloatField):
            return number
        if isinstance(field, models.EmailField):
            return f"reader-{number}@example.org"
        # What is unique must differ.
        return f"x{number}"[: field.max_length]


def check_rows():
    """Let the database look now at what it would look at when the transaction ends."""
    connection.check_constraints() if connection.vendor == "sqlite" else _check_on_postgresql()


def _check_on_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "former", FORMER, ids=lambda nodes: " ".join(f"{app}.{name[:4]}" for app, name in nodes)
)
def test_former_code_can_write_every_row_it_knows(loader, former):
    apps = loader.project_state(list(former)).apps
    hand, failed, written = Hand(apps), [], 0
    for app in BASELINE:
        for model in apps.get_app_config(app).get_models():
            try:
                with transaction.atomic():
                    hand.write(model)
                    check_rows()
                    written += 1
            except IntegrityError as error:
                failed.append(f"{model._meta.label}: {str(error).splitlines()[0]}")
    assert failed == []
    assert written > 20
