"""Every reference page that the code can write, by the name of its file."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from django.utils import translation

from guichet.cli.reference import (
    calls,
    commands,
    events,
    mails,
    profiles,
    refusals,
    settings,
    states,
)
from guichet.cli.reference.words import Words

LANGUAGES: Final = ("fr", "en")
PAGES: Final[Mapping[str, Callable[[Words], str]]] = {
    "from-code-commands": commands.page,
    "from-code-settings": settings.page,
    "from-code-calls": calls.page,
    "from-code-profiles": profiles.page,
    "from-code-states": states.page,
    "from-code-refusals": refusals.page,
    "from-code-events": events.page,
    "from-code-mails": mails.page,
}


def drawn(words: Words) -> Mapping[str, str]:
    """Each page's text by its name, in the language of these words."""
    with translation.override(words.language):
        return {name: make(words) for name, make in PAGES.items()}


def write(folder: Path, language: str) -> None:
    """Write the pages of one language in a folder, made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in drawn(Words(language)).items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
