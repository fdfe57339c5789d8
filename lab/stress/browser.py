"""Imitates a browser: persistent connections, its own cookies, and retries after broken connections."""

import gzip
import http.client
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

# Seconds between two tries at a server that does not answer, or says that it cannot.
PAUSE = 0.2
TIMEOUT = 30.0
BROKEN = (OSError, http.client.HTTPException)
UNAVAILABLE, TOO_MANY = 503, 429


class GivenUp(Exception):
    """The server did not answer for as long as the browser's patience."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass
class Trouble:
    """What a browser met: connections that broke, and answers that said to try again."""

    broken: int = 0
    turned_away: int = 0
    # Seconds until such an answer came.
    slowest_refusal: float = 0.0
    complaints: list[str] = field(default_factory=list)

    def add(self, other: "Trouble") -> None:
        self.broken += other.broken
        self.turned_away += other.turned_away
        self.slowest_refusal = max(self.slowest_refusal, other.slowest_refusal)
        self.complaints += other.complaints


@dataclass
class Browser:
    """One person's browser. `patience` is in seconds; with `waits_out`, an answer of 503 is sent again until then."""

    host: str
    port: int
    name: str
    # The address it comes from, so that each person has a network of their own; "" for any.
    home: str = ""
    patience: float = 60.0
    waits_out: bool = False
    cookies: dict[str, str] = field(default_factory=dict)
    trouble: Trouble = field(default_factory=Trouble)
    _connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        return self._ask("GET", path, None)

    def post(self, path: str, form: dict[str, str], *, as_script: bool = False) -> Answer:
        return self._ask("POST", path, form, as_script=as_script)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, form: dict[str, str] | None, *, as_script: bool = False) -> Answer:
        """Ask until there is an answer; the same form with the same `once` each time. Raises GivenUp."""
        until = time.monotonic() + self.patience
        while True:
            began = time.monotonic()
            try:
                answer = self._ask_once(method, path, form, as_script=as_script)
            except BROKEN:
                self.trouble.broken += 1
                self.close()
            else:
                if answer.status == TOO_MANY and form is None:
                    # Nobody reads so much; readers wait for their share.
                    time.sleep(int(answer.header("Retry-After") or 1))
                    continue
                if answer.status != UNAVAILABLE or not self.waits_out:
                    return answer
                self._was_turned_away(answer, form, as_script, took=time.monotonic() - began)
            if time.monotonic() > until:
                raise GivenUp(f"{method} {path} was not answered for {self.patience:.0f} seconds")
            time.sleep(PAUSE)

    def _ask_once(self, method: str, path: str, form: dict[str, str] | None, *, as_script: bool) -> Answer:
        if self._connection is None:
            source = (self.home, 0) if self.home else None
            self._connection = http.client.HTTPConnection(
                self.host, self.port, timeout=TIMEOUT, source_address=source
            )
        body = None if form is None else urlencode(form)
        self._connection.request(method, path, body=body, headers=self._headers(body, as_script))
        response = self._connection.getresponse()
        content = response.read()
        if response.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        self._remember(response.headers)
        return Answer(response.status, response.headers, content)

    def _headers(self, body: str | None, as_script: bool) -> dict[str, str]:
        headers = {
            "Host": f"{self.host}:{self.port}",
            "User-Agent": self.name,
            "Accept": "text/html",
            "Accept-Encoding": "gzip",
            "Sec-Fetch-Site": "same-origin",
        }
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return headers | ({"X-Fragment": "1"} if as_script else {})

    def _remember(self, headers: http.client.HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0" or not morsel.value:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    def _was_turned_away(self, answer: Answer, form: dict | None, as_script: bool, *, took: float) -> None:
        """Count it, and complain where such an answer does not say when to come back or lost what was typed."""
        self.trouble.turned_away += 1
        self.trouble.slowest_refusal = max(self.trouble.slowest_refusal, took)
        if not answer.header("Retry-After").isdecimal():
            self.trouble.complaints.append("an answer of 503 does not say when to try again")
        text = (form or {}).get("text", "")
        if text and not as_script and text.encode() not in answer.body:
            self.trouble.complaints.append("an answer of 503 lost what was typed")
