"""The words of findings: words/fr.toml and words/en.toml, by code."""

import os
import tomllib
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Final

from guichet_verify.findings import Finding

VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
LANGUAGES: Final = ("fr", "en")


def language() -> str:
    """What the first of the usual variables that is set says: "fr" or "en"."""
    told = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    return "fr" if told.lower().startswith("fr") else "en"


@cache
def words(of: str) -> dict[str, dict[str, str]]:
    """The words of one language: its sentences, and the names of documents and links."""
    text = resources.files("guichet_verify").joinpath("words", f"{of}.toml").read_text("utf-8")
    return tomllib.loads(text)


def sentence(finding: Finding, of: str) -> str:
    """One finding in a language."""
    known = words(of)
    named = known["names"]
    facts = {name: named.get(str(fact), fact) for name, fact in finding.facts.items()}
    if "at" in facts:
        facts["at"] = _read(str(facts["at"]))
    return known["findings"][finding.code.value].format(**facts)


def _read(at: str) -> str:
    """An instant to the second, in UTC; as it is written when it is none."""
    try:
        return datetime.fromisoformat(at).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except ValueError:
        return at
