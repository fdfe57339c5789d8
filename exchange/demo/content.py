"""Reads the demo posts, authors, figures and threads from files; it writes nothing and knows no database."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

CONTENT = Path(__file__).parent / "content"

PUBLIC, HELD, REMOVED, WITHDRAWN = "public", "held", "removed", "withdrawn"
# A mark after the name says who writes; without one the writer is a guest.
ROLES = {"*": "author", "+": "member", "": "guest"}

HEADER = re.compile(
    r"\[(?P<number>\d+)(?: < (?P<parent>\d+))?\] (?P<name>[^|]+?)(?: (?P<mark>[*+]))?"
    r" \| \+(?P<hours>\d+)h(?P<minutes>\d\d) \| (?P<votes>\d+)(?: \| (?P<state>[^|]+))?"
)
STATE = re.compile(r"(?P<state>held|removed|withdrawn)(?:: (?P<reason>.+))?")
SOURCE_DAYS = re.compile(r"^days_before *[:=] *(?P<days>\d+) *$", re.MULTILINE)
FIGURE_NAME = re.compile(r"^name *[:=] *(?P<name>[a-z0-9-]+) *$", re.MULTILINE)


class ContentError(ValueError):
    """A demo file cannot be read; the text names the file and, in threads, the line."""


@dataclass(frozen=True)
class DemoHandle:
    network: str
    handle: str
    url: str


@dataclass(frozen=True)
class DemoAuthor:
    name: str
    slug: str
    bio: str
    handles: tuple[DemoHandle, ...]


@dataclass(frozen=True)
class DemoFigure:
    name: str
    title: str
    alt: str
    caption: str
    credit: str
    description: str


@dataclass(frozen=True)
class DemoPost:
    title: str
    dek: str
    slug: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]
    days_ago: float
    format: str
    comment_policy: str
    body: str

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures its body asks for, in order."""
        return tuple(match["name"] for match in FIGURE_NAME.finditer(self.body))

    def finished_body(self, *, published_on: date, figure_ids: Mapping[str, int]) -> str:
        """The body as an author would have typed it: real dates in sources, real ids in figures."""

        def dated(match: re.Match[str]) -> str:
            return f"date: {published_on - timedelta(days=int(match['days'])):%Y-%m-%d}"

        def numbered(match: re.Match[str]) -> str:
            return f"id: {figure_ids[match['name']]}"

        return FIGURE_NAME.sub(numbered, SOURCE_DAYS.sub(dated, self.body))


@dataclass(frozen=True)
class DemoComment:
    number: int
    parent: int | None
    name: str
    role: str
    minutes: int
    votes: int
    state: str
    reason: str
    text: str


def load_authors() -> list[DemoAuthor]:
    return [
        DemoAuthor(
            name=row["name"],
            slug=row["slug"],
            bio=row["bio"],
            handles=tuple(DemoHandle(**handle) for handle in row.get("handles", [])),
        )
        for row in _read_toml(CONTENT / "authors.toml")["author"]
    ]


def load_figures() -> list[DemoFigure]:
    return [DemoFigure(**row) for row in _read_toml(CONTENT / "figures.toml")["figure"]]


def picture_path(name: str) -> Path:
    """Return where the picture of a figure's name lies; lab/demo/figures.py drew it."""
    return CONTENT / "figures" / f"{name}.png"


def load_picture(name: str) -> bytes:
    return picture_path(name).read_bytes()


def load_posts() -> list[DemoPost]:
    """All demo posts, the newest first."""
    posts = [_read_post(path) for path in sorted((CONTENT / "posts").glob("*.md"))]
    return sorted(posts, key=lambda post: post.days_ago)


def load_thread(slug: str) -> list[DemoComment]:
    """The comments under a post in order of time; a post without a thread file has none."""
    path = CONTENT / "threads" / f"{slug}.txt"
    if not path.exists():
        return []
    return _parse_thread(path.read_text(encoding="utf-8"), where=path.name)


def page_text(name: str) -> str:
    """Return the Markdown of a page: about, rules or privacy."""
    return (CONTENT / "pages" / f"{name}.md").read_text(encoding="utf-8")


def _read_toml(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: {error}") from error


def _read_post(path: Path) -> DemoPost:
    parts = path.read_text(encoding="utf-8").split("+++\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ContentError(f"{path.name}: a post begins with its front matter between two +++ lines")
    try:
        front = tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"{path.name}: {error}") from error
    front |= {key: tuple(front[key]) for key in ("authors", "categories", "tags")}
    return DemoPost(**front, body=parts[2].strip() + "\n")


def _parse_thread(text: str, *, where: str) -> list[DemoComment]:
    comments: list[DemoComment] = []
    header: re.Match[str] | None = None
    body: list[str] = []
    for line_number, line in enumerate(text.splitlines(), start=1):
        if not re.match(r"\[\d+", line):
            body.append(line)
            continue
        if header:
            comments.append(_comment(header, body))
        elif any(body):
            raise ContentError(f"{where}: text before the first comment")
        header = HEADER.fullmatch(line.rstrip())
        if header is None or (header["state"] and not STATE.fullmatch(header["state"])):
            raise ContentError(f"{where}, line {line_number}: not a comment's first line: {line}")
        body = []
    if header:
        comments.append(_comment(header, body))
    return comments


def _comment(header: re.Match[str], body: list[str]) -> DemoComment:
    state = STATE.fullmatch(header["state"] or "")
    return DemoComment(
        number=int(header["number"]),
        parent=int(header["parent"]) if header["parent"] else None,
        name=header["name"],
        role=ROLES[header["mark"] or ""],
        minutes=int(header["hours"]) * 60 + int(header["minutes"]),
        votes=int(header["votes"]),
        state=state["state"] if state else PUBLIC,
        reason=(state["reason"] or "") if state else "",
        text="\n".join(body).strip(),
    )
