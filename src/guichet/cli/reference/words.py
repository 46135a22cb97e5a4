"""What the code says in English alone, in the language of a page; french.toml has the French."""

import tomllib
from functools import lru_cache
from importlib.resources import files

FRENCH = "fr"


class Words:
    """The words of one language; `missing` keeps what was asked for and has no French yet."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.missing: set[str] = set()

    def __call__(self, english: str) -> str:
        """A text in the language of the page; as it stands where no French is known."""
        text = " ".join(english.split())
        if self.language != FRENCH or not text:
            return text
        if text not in french():
            self.missing.add(text)
        return french().get(text, text)


@lru_cache(maxsize=1)
def french() -> dict[str, str]:
    """English text -> French text."""
    read = tomllib.loads(files(__package__).joinpath("french.toml").read_text("utf-8"))
    return {english: said for texts in read.values() for english, said in texts.items()}
