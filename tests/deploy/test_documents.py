"""Every command line that a document, a unit or a container file names is one that runs on a server as it is there."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.base import CommandParser

from config.command_line import SERVE
from tests import house_rules as rules

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/operations.md", "docs/architecture.md"]
UNITS = [path for path in rules.files(".service", ".timer") if path.startswith("deploy/")]
# In a code span, a block of commands, a unit, a container file: the word, a command, and what follows it.
CALL = re.compile(r"(?:^|[`\s/;&\"])commonplace ([a-z_]+)(?![\w-])([^`\n;&|\"]*)", re.M)


def calls():
    """Return (file, command, words) for everything that is called in the documents and files for servers."""
    files = [*DOCUMENTS, *(path for path in rules.files() if path.startswith("deploy/"))]
    found = []
    for path in files:
        for match in CALL.finditer(_code_of(path)):
            found.append((path, match[1], match[2].strip()))
    return sorted(set(found))


def _code_of(path: str) -> str:
    text = rules.read(path)
    if not path.endswith(".md"):
        return text
    blocks = re.findall(r"^```\n(.*?)^```", text, re.M | re.S)
    return "\n".join([*blocks, *re.findall(r"`[^`\n]+`", text)])


def parser_of(command: str) -> CommandParser:
    app = get_commands()[command]
    return load_command_class(app, command).create_parser("commonplace", command)


def test_the_documents_name_commands_at_all():
    named = {command for _path, command, _words in calls()}
    assert {"make_owner", "migrate", "collectstatic", "import_wordpress", "check_trees", SERVE} <= named
    assert {path for path, _command, _words in calls()} >= {
        "README.md", "docs/operations.md", "deploy/commonplace.service", "deploy/compose.yaml", "deploy/Containerfile",
    }  # fmt: skip


@pytest.mark.parametrize(("path", "command", "words"), calls())
def test_a_command_that_is_named_is_here_and_knows_its_options(path, command, words):
    if command in {SERVE, "help"}:
        return
    assert command in get_commands(), f"{path} names a command that is not here"
    known = {option for action in parser_of(command)._actions for option in action.option_strings}
    asked = set(re.findall(r"(?<!\S)\[?(--[a-z-]+)", words))
    assert asked <= known, path


@pytest.mark.parametrize("path", [*DOCUMENTS, *UNITS, "deploy/Containerfile", "deploy/compose.yaml"])
def test_no_document_calls_what_finds_no_settings_on_a_server(path):
    assert "manage.py" not in rules.read(path)


# --- the units ------------------------------------------------------------------------------------------------


def lines_of(unit: str, *keys: str) -> list[list[str]]:
    found = re.findall(r"^(\w+)=(.+)$", rules.read(unit), re.M)
    # A line that begins with "-" may fail.
    return [shlex.split(value.removeprefix("-")) for key, value in found if key in keys]


@pytest.fixture
def server(tmp_path):
    """The variables that systemd gives, and a settings file as a server has one."""
    settings = rules.read("deploy/commonplace.env")
    for name, value in {
        "SECRET_KEY": "pq8Zr2mXv7Lk0Tn4Wc9Yb3Hd6Gf1Js5Qe8Ua2Io7Pl4Mx9CzWs3Ed",
        "DATA_DIR": tmp_path,
        "DATABASE_URL": f"sqlite:///{tmp_path}/commonplace.sqlite3",
    }.items():
        settings, changed = re.subn(rf"^{name}=.*$", f"{name}={value}", settings, flags=re.M)
        assert changed == 1, name
    (tmp_path / "commonplace.env").write_text(settings)
    return {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
        "LANG": "C.UTF-8",
        "SETTINGS_FILE": str(tmp_path / "commonplace.env"),
    }


BACKUPS = "/var/backups/commonplace/"


def run(words, server):
    """Run what a unit runs, with the folder of backups beside the settings instead of on this machine."""
    backups = Path(server["SETTINGS_FILE"]).with_name("backups")
    backups.mkdir(exist_ok=True)
    places = {"/srv/commonplace/": f"{rules.ROOT}/", BACKUPS: f"{backups}/"}
    here = [
        next((word.replace(old, new) for old, new in places.items() if old in word), word) for word in words
    ]
    return subprocess.run(here, cwd="/", env=server, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.slow
def test_every_line_of_the_units_runs_with_the_settings_of_a_server(server, tmp_path):
    keys = ("ExecStartPre", "ExecStart", "ExecStartPost", "ExecReload")
    lines = [words for unit in UNITS for words in lines_of(unit, *keys)]
    ours = [words for words in lines if words[0] == "/srv/commonplace/commonplace"]
    assert len(ours) >= 6
    for words in sorted(ours, key=lambda words: words[1] != "migrate"):
        finished = run([*words, "--check-config"] if words[1] == SERVE else words, server)
        assert finished.returncode == 0, (words, finished.stderr)
    others = [words[0] for words in lines if words not in ours]
    assert others == ["/usr/bin/find", "/bin/kill"]
    assert len(list((tmp_path / "backups").iterdir())) == 1
    # The web server in front, and everybody else on the machine, may not read the database.
    assert (tmp_path / "commonplace.sqlite3").stat().st_mode & 0o007 == 0


def test_a_server_says_what_its_settings_lack(server, tmp_path):
    (tmp_path / "commonplace.env").write_text(rules.read("deploy/commonplace.env"))
    finished = run(["/srv/commonplace/commonplace", "check", "--deploy"], server)
    assert finished.returncode == 1
    assert finished.stderr.startswith("Commonplace cannot start. SECRET_KEY: is not set.")


def test_the_units_do_not_name_settings_that_commands_would_not_find():
    for unit in UNITS:
        assert not lines_of(unit, "Environment", "EnvironmentFile")


# --- the containers -------------------------------------------------------------------------------------------


COMPOSE = rules.read("deploy/compose.yaml")


def service(name: str) -> str:
    """Return the lines of one service of the compose file."""
    return re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE, re.M)[1]


def test_nginx_looks_for_pictures_where_the_volume_has_them():
    volume, folder = re.search(r"volumes: \[(\w+):(\S+)\]", service("site")).groups()
    assert f"- {volume}:{folder}:ro\n" in service("proxy")
    assert f"DATA_DIR={folder}\n" in rules.read("deploy/Containerfile")
    assert f"DATA_DIR={folder}\n" in rules.read("deploy/commonplace.env")
    assert f"root {folder};" in rules.read("deploy/nginx.conf")


def test_the_proxy_buffers_and_believes_no_visitor():
    nginx = rules.read("deploy/nginx.conf")
    for line in (
        "proxy_request_buffering on;",
        "proxy_buffering on;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
    ):
        assert line in nginx


def test_the_port_of_the_container_is_for_the_proxy_alone():
    assert re.findall(r"ports: (.*)", COMPOSE) == ['["127.0.0.1:8000:8000"]']
    assert "TRUSTED_PROXY_COUNT: 1\n" in service("site")
    assert "server 127.0.0.1:8000;" in rules.read("deploy/nginx.conf")
    assert "network_mode: host\n" in service("proxy")


def test_the_compose_file_sets_nothing_that_the_program_does_not_read():
    table = rules.read("README.md").partition("## Environment")[2].partition("\n## ")[0]
    named = set(re.findall(r"^      ([A-Z_]+): ", service("site"), re.M))
    assert "SECRET_KEY" in named
    assert named <= set(re.findall(r"^\| `([A-Z_]+)`", table, re.M))
