"""Migrations say what they are for, stand in one line per app, and leave nothing of the models out."""

import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

pytestmark = pytest.mark.own_database

OUR_APPS = ("accounts", "blog", "comments", "exchange")


@pytest.fixture(scope="module")
def loader():
    return MigrationLoader(None)


@pytest.mark.django_db
def test_the_models_hold_nothing_that_no_migration_makes():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("app", OUR_APPS)
def test_each_app_with_models_has_one_last_migration(loader, app):
    leaves = loader.graph.leaf_nodes(app)
    assert len(leaves) == 1 or not (leaves or list(apps.get_app_config(app).get_models()))


@pytest.mark.parametrize("app", OUR_APPS)
def test_migrations_are_named_for_their_purpose(loader, app):
    names = [name for label, name in loader.disk_migrations if label == app]
    assert [name for name in names if re.search(r"_auto_|\d{8}_\d{4}", name)] == []


def test_a_lower_room_never_waits_for_a_higher_one(loader):
    allowed = {label: set(OUR_APPS[: position + 1]) for position, label in enumerate(OUR_APPS)}
    upward = [
        (label, name, needed)
        for (label, name), migration in loader.disk_migrations.items()
        if label in allowed
        for needed, _needed_name in migration.dependencies
        if needed in OUR_APPS and needed not in allowed[label]
    ]
    assert upward == []


@pytest.mark.django_db
def test_no_index_of_the_comments_contains_lft_or_rght():
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, "comments_comment")
    # A check constraint names its columns too, and costs nothing when a tree is renumbered.
    indexes = {name: details["columns"] for name, details in constraints.items() if details["index"]}
    assert indexes
    assert [name for name, columns in indexes.items() if {"lft", "rght"} & set(columns)] == []
