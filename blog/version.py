"""The program's version, from pyproject.toml."""

import tomllib
from functools import cache

from django.conf import settings


@cache
def own_version() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["project"]["version"]
