"""`commonplace <command>` finds its settings and its user, whether a person, systemd or a container calls it."""

import os
import pwd
import shutil
import subprocess
import sys

import pytest

from tests import house_rules as rules

SETTINGS = {"SECRET_KEY": "k" * 60, "SITE_URL": "http://127.0.0.1:8000"}


@pytest.fixture
def checkout(tmp_path):
    """The program in a folder with a space in its name, as a link to this one, with its environment."""
    folder = tmp_path / "my sites" / "commonplace"
    folder.mkdir(parents=True)
    for name in ("commonplace", "manage.py"):
        shutil.copy2(rules.ROOT / name, folder / name)
    for name in ("accounts", "blog", "comments", "config", "exchange", "lab", "static", "templates", "web"):
        (folder / name).symlink_to(rules.ROOT / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


@pytest.fixture
def settings_file(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    file = tmp_path / "commonplace.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in {**SETTINGS, "DATA_DIR": data}.items()))
    return file


def run(command, *words, cwd="/", user=None, **variables):
    """Run it with these variables and PATH alone, as systemd does."""
    return subprocess.run(
        [command, *words],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], **variables},
        user=user,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.slow
def test_it_runs_from_any_folder_and_through_a_link(tmp_path, settings_file):
    link = tmp_path / "bin" / "commonplace"
    link.parent.mkdir()
    link.symlink_to(rules.ROOT / "commonplace")
    for command in (rules.ROOT / "commonplace", link):
        finished = run(command, "check", SETTINGS_FILE=str(settings_file))
        assert finished.returncode == 0, finished.stderr


@pytest.mark.slow
def test_a_file_is_named_as_the_caller_sees_it(tmp_path, settings_file):
    (tmp_path / "here.xml").write_text("no export")
    for name, said in (("here.xml", "Nothing was written"), ("there.xml", "doesn’t exist")):
        finished = run(
            rules.ROOT / "commonplace",
            "import_wordpress",
            name,
            cwd=tmp_path,
            SETTINGS_FILE=str(settings_file),
        )
        assert finished.returncode == 1
        assert said in finished.stderr + finished.stdout


@pytest.mark.slow
def test_a_folder_with_a_space_is_no_trouble(checkout, settings_file):
    finished = run(checkout / "commonplace", "version", SETTINGS_FILE=str(settings_file))
    assert finished.returncode == 0, finished.stderr


def test_what_is_not_installed_says_how(checkout):
    (checkout / ".venv").unlink()
    finished = run(checkout / "commonplace", "check")
    assert finished.returncode == 1
    assert f"sh '{checkout}/requirements/install.sh' base" in finished.stderr


def test_without_settings_it_says_so_and_helps_all_the_same(tmp_path):
    finished = run(rules.ROOT / "commonplace", "check_trees", DATA_DIR=str(tmp_path))
    assert finished.returncode == 1
    assert finished.stderr.startswith("Commonplace cannot start. SECRET_KEY: is not set.")
    assert "serve" in run(rules.ROOT / "commonplace", "help", DATA_DIR=str(tmp_path)).stdout


@pytest.mark.slow
def test_serving_is_one_of_its_commands(settings_file):
    finished = run(rules.ROOT / "commonplace", "serve", "--check-config", SETTINGS_FILE=str(settings_file))
    assert finished.returncode == 0, finished.stderr
    assert (
        "gunicorn"
        in run(rules.ROOT / "commonplace", "serve", "--version", SETTINGS_FILE=str(settings_file)).stdout
    )


@pytest.fixture
def nobody(tmp_path):
    """Another user of this machine, who may read the program and the test's folder."""
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(folder.stat().st_mode | 0o055)
    try:
        is_readable = run(sys.executable, "-c", "import http, django", user="nobody").returncode == 0
    except PermissionError:
        is_readable = False
    if not is_readable:
        pytest.skip("this Python lies where only root may read")
    return pwd.getpwnam("nobody")


def test_root_goes_on_as_the_owner_of_the_data(tmp_path, settings_file, nobody):
    """Else the database would get files that the site itself may not write."""
    os.chown(tmp_path / "data", nobody.pw_uid, nobody.pw_gid)
    settings_file.chmod(0o600)  # root's alone, and still found
    finished = run(rules.ROOT / "commonplace", "migrate", "-v0", SETTINGS_FILE=str(settings_file))
    assert finished.returncode == 0, finished.stderr
    made = list((tmp_path / "data").iterdir())
    assert made
    assert {file.stat().st_uid for file in made} == {nobody.pw_uid}


def test_somebody_else_is_told_to_be_root(settings_file, nobody):
    finished = run(rules.ROOT / "commonplace", "check_trees", user="nobody", SETTINGS_FILE=str(settings_file))
    assert finished.returncode == 1
    assert "is root's. Run it as root: sudo commonplace check_trees" in finished.stderr
    settings_file.chmod(0o600)
    finished = run(rules.ROOT / "commonplace", "check_trees", user="nobody", SETTINGS_FILE=str(settings_file))
    assert "can’t be read by this user" in finished.stderr
