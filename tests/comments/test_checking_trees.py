"""The command check_trees: all is well, or one sentence for each problem and exit code 1."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.factories import make_post, make_thread

pytestmark = pytest.mark.django_db


def test_a_sound_site_is_said_to_be_well(capsys):
    make_thread(make_post(), "a(b)")
    call_command("check_trees")
    assert capsys.readouterr().out == "All is well. Comments: 2; threads: 1.\n"


def test_damage_fails_and_repair_mends_it(capsys):
    make_thread(make_post(), "a(b(c))")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE comments_comment SET level = 5 WHERE guest_name = 'c'")
    with pytest.raises(CommandError) as failure:
        call_command("check_trees")
    assert failure.value.returncode == 1
    call_command("check_trees", repair=True)
    assert "All is well" in capsys.readouterr().out
