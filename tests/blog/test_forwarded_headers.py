"""Under gunicorn as configured, the server trusts no header about where a request comes from or goes to."""

import os
import socket

import pytest
from django.conf import settings
from django.db import connection

from lab.bench import server
from tests.factories import make_post, make_thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

# Request lines and headers, `{path}` being that of a post. Each may be refused; none may change what others get.
ATTACKS = {
    "a script name": ("/x{path}", "SCRIPT_NAME: /x"),
    "a script name with a hyphen": ("/x{path}", "SCRIPT-NAME: /x"),
    "a script name in small letters": ("/x{path}", "script_name: /x"),
    "a script name that is no path": ("{path}", "SCRIPT_NAME: "),
    "a path": ("/about/", "PATH_INFO: {path}"),
    "a forwarded path": ("{path}", "X-Forwarded-Prefix: /x\r\nX-Script-Name: /x"),
    "a forwarded scheme": ("{path}", "X-Forwarded-Proto: https"),
    "another forwarded scheme": ("{path}", "X-Forwarded-Ssl: on\r\nX-Forwarded-Protocol: ssl"),
    "a forwarded host": ("{path}", "X-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 444"),
    "a forwarded everything": ("{path}", "Forwarded: for=1.2.3.4;host=evil.example;proto=https"),
    "a user": ("{path}", "REMOTE_USER: ada\r\nREMOTE-USER: ada"),
    "a header with an underscore": ("{path}", "HTTP_HOST: evil.example\r\nX_Forwarded_Proto: https"),
    "an absolute target": ("http://evil.example{path}", "X-None: 1"),
    "an absolute target with a port": ("http://127.0.0.1:444{path}", "X-None: 1"),
    "an absolute target with a scheme": ("https://127.0.0.1{path}", "X-None: 1"),
    "two slashes": ("/{path}", "X-None: 1"),
    "a host in a path": ("//evil.example{path}", "X-None: 1"),
    "an encoded path": ("/%32{path}", "X-None: 1"),
    "a fragment": ("{path}#x", "X-None: 1"),
    "two hosts": ("{path}", "Host: evil.example"),
    "another method": ("{path}", "X-HTTP-Method-Override: DELETE"),
    "the proxy protocol": ("{path}", "X-None: 1\r\nPROXY TCP4 1.2.3.4 1.2.3.4 1 2: x"),
}


@pytest.fixture
def post():
    post = make_post(title="For everybody")
    make_thread(post, "a(b),c")
    return post


@pytest.fixture
def serve():
    """Return what starts a server on the test's own database, with one process: what one request leaves, all see."""
    running = []

    def start(**environment):
        values = connection.settings_dict
        known = {name: str(values[name]) for name in ("USER", "PASSWORD", "HOST", "PORT")}
        authority = f"{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}".strip(":@")
        is_local = connection.vendor == "sqlite"
        address = f"sqlite:///{values['NAME']}" if is_local else f"postgres://{authority}/{values['NAME']}"
        always = {
            "DATABASE_URL": address,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATA_DIR": str(settings.DATA_DIR),
            "SITE_URL": "http://127.0.0.1",
            "ALLOWED_HOSTS": "127.0.0.1",
            "WEB_PROCESSES": "1",
            "FORWARDED_ALLOW_IPS": "*",
            "LOG_LEVEL": "CRITICAL",
            # Else the parts of one header stand in another order in every process.
            "PYTHONHASHSEED": "0",
        }
        check = f"{environment.get('SCRIPT_NAME', '')}/healthz"
        running.append(server.start("config.wsgi", environment=always | environment, check=check))
        return running[-1].port

    yield start
    for one in running:
        one.stop()


def ask(port, target, headers="X-None: 1", host="127.0.0.1"):
    """Send exactly this, and return the answer but for its date."""
    said = f"GET {target} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connected:
        connected.sendall(said.encode())
        answer = b"".join(iter(lambda: connected.recv(1 << 16), b""))
    lines = [line for line in answer.split(b"\r\n") if not line.startswith(b"Date:")]
    return b"\r\n".join(lines)


def test_no_header_that_a_visitor_sends_poisons_a_page(post, serve):
    path = post.get_absolute_url()
    expected = ask(serve(), path)
    assert expected.startswith(b"HTTP/1.1 200")
    port = serve()
    for name, (target, headers) in ATTACKS.items():
        ask(port, target.format(path=path), headers.format(path=path))
        assert ask(port, path) == expected, name
    for host in ("127.0.0.1:444", "127.0.0.1:x", "evil.example", "127.0.0.1.", "127.0.0.1, evil.example"):
        ask(port, path, host=host)
        assert ask(port, path) == expected, host


def test_nothing_is_found_under_a_script_name(post, serve):
    path = post.get_absolute_url()
    assert ask(serve(), f"/x{path}", "SCRIPT_NAME: /x").startswith(b"HTTP/1.1 404")


def test_a_site_below_a_script_name_keeps_nothing(post, serve):
    """Whoever sets it for the whole server gets the links of such a site, and no other site's pages."""
    assert "SCRIPT_NAME" not in os.environ
    path = post.get_absolute_url()
    port = serve(SCRIPT_NAME="/x")
    for _time in range(2):
        answer = ask(port, f"/x{path}")
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"ETag" not in answer
