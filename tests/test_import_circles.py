"""No module imports itself by way of others, not even for types; the check is first shown to be able to fail."""

import pytest

from tests import house_rules as rules
from tests.import_circles import check_no_circles


@pytest.mark.parametrize("package", ["web", "accounts", "blog", "comments", "exchange", "config", "lab"])
def test_no_import_runs_in_a_circle(package):
    sources = {path: rules.read(path) for path in rules.python_files() if "/migrations/" not in path}
    assert check_no_circles(sources, package) == []


@pytest.mark.parametrize(
    "sources",
    [
        {"comments/a.py": "from comments import b", "comments/b.py": "from comments.a import x"},
        # Within one room.
        {"comments/r/a.py": "from comments.r.b import x", "comments/r/b.py": "from comments.r import a"},
        # By way of a third one.
        {
            "comments/a.py": "import comments.b",
            "comments/b.py": "from comments.c import x",
            "comments/c.py": "from . import a",
        },
        # For types alone, and within a function.
        {
            "comments/a.py": "if TYPE_CHECKING:\n    from comments.b import B",
            "comments/b.py": "def f():\n    from comments.a import A",
        },
        # No module imports itself, but the rooms do.
        {
            "comments/r/a.py": "from comments.s import b",
            "comments/s/b.py": "",
            "comments/s/c.py": "from comments.r.d import x",
            "comments/r/d.py": "",
        },
        # A folder is imported with what stands in it.
        {
            "comments/r/__init__.py": "from comments.r.a import x",
            "comments/r/a.py": "from comments import b",
            "comments/r/c.py": "",
            "comments/b.py": "from comments.r.c import y",
        },
    ],
)
def test_a_circle_is_found(sources):
    assert check_no_circles(sources, "comments")


def test_what_runs_one_way_is_no_circle():
    sources = {
        "comments/__init__.py": "",
        "comments/a.py": "from comments.r import x",
        "comments/r/__init__.py": "from comments.r.b import x",
        "comments/r/b.py": "from comments.r.c import x",
        "comments/r/c.py": "from blog import a",
        "blog/a.py": "from comments import a",
    }
    assert check_no_circles(sources, "comments") == []
