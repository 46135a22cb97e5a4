"""What a browser says that it is, in the two words by which a person knows theirs again."""

from typing import Final

# In this order: each says the names of those it descends from too.
BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def named(agent: str) -> str:
    """A browser and its system, from a User-Agent (RFC 9110 §10.1.5); empty when neither is known.

    Nothing of the header itself is kept: it may say anything.
    """
    found = (_first(known, agent) for known in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found))


def _first(known: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in known if mark in agent), "")
