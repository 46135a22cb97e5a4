"""What the description says in English, in the reader's language.

The description speaks English to programmers everywhere; french.toml holds the same in French.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from django.utils import translation

NAME: Final = "french.toml"


def said(english: str) -> str:
    """A text of the description in the active language; as it stands where no French is known."""
    text = " ".join(english.split())
    is_french = (translation.get_language() or "fr").startswith("fr")
    return french().get(text, text) if is_french else text


@lru_cache(maxsize=1)
def french() -> Mapping[str, str]:
    """English text -> French text."""
    read = tomllib.loads(files(__package__).joinpath(NAME).read_text("utf-8"))
    return {" ".join(english.split()): found for english, found in read["texts"].items()}
