"""Shorten a user agent to browser and system, which is all that is stored with a session."""

import re

# The first that is found: most browsers call themselves by the names of others too.
_BROWSERS = (
    ("Edge", r"\bEdg(e|A|iOS)?/"),
    ("Opera", r"\b(OPR|Opera)/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(Firefox|FxiOS)/"),
    ("Chrome", r"\b(Chrome|CriOS|HeadlessChrome|Chromium)/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEMS = (
    ("Android", r"\bAndroid\b"),
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Windows", r"\bWindows\b"),
    ("Mac", r"\bMac(intosh| OS X)?\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


def device_of(user_agent: str) -> str:
    """Return "Firefox, Windows", "Safari" and the like, or "" if unknown. Its own results are returned unchanged."""
    browser = _first(_BROWSERS, user_agent)
    system = _first(_SYSTEMS, user_agent)
    return ", ".join(word for word in (browser, system) if word)


def _first(kinds: tuple, user_agent: str) -> str:
    """Return the first kind whose name this is, or whose mark the text contains."""
    words = user_agent.split(", ")
    return next((name for name, mark in kinds if name in words or re.search(mark, user_agent)), "")
