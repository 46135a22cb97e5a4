"""The settings: the environment variables that every process reads."""

from typing import Final

from guichet.cli.reference import markdown
from guichet.cli.reference.words import Words
from guichet.conf.variables import VARIABLES

SAID: Final = frozenset({"none", "off"})


def page(words: Words) -> str:
    """The page of the environment variables."""
    # The meaning goes on from what holds unless given: "test, or production".
    told = [
        f"{markdown.code(variable.name)}\n: {words('Unless given:')} "
        f"{_default(variable.default, words)}\n\n  {markdown.text(words(variable.meaning))}"
        for variable in VARIABLES
    ]
    return markdown.page(
        words("Settings"),
        words(
            "Each process reads them from its environment when it starts, and says which one it"
            " cannot use. `guichet doctor settings` prints them as a process reads them."
        ),
        *told,
    )


def _default(default: str, words: Words) -> str:
    """Words are said in the language of the page; a value is written as it is given."""
    is_said = " " in default or default in SAID
    return markdown.text(words(default)) if is_said else markdown.code(default)
