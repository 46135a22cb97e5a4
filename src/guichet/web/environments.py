"""Which environment this is, in words: on pages, papers, e-mails and the names of files."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from guichet.domain.catalogue.twins import Environment


@dataclass(frozen=True, slots=True)
class Shown:
    """What templates are told; `twin_url` is the other counter's address, empty where unknown."""

    is_test: bool
    word: str
    twin_word: str
    twin_url: str


def here() -> Environment:
    """The environment of this instance (GUICHET_ENVIRONMENT)."""
    return Environment(settings.GUICHET.environment)


def is_test() -> bool:
    """Whether what is made here is worth nothing in production."""
    return here() is Environment.TEST


def shown() -> Shown:
    """For a template."""
    found = here()
    return Shown(is_test(), found.word, found.twin.word, settings.GUICHET.twin_url)


def marked(name: str) -> str:
    """A file's name that says TEST where it must: "chaine-5.pem" is "chaine-5-TEST.pem"."""
    if not is_test():
        return name
    stem, dot, ending = name.rpartition(".")
    return f"{stem}-{Environment.TEST.word}{dot}{ending}" if dot else f"{name}-TEST"


def ribbon(own: str = "") -> str:
    """What stands on every page of a paper; `own` is the paper's, such as that of a rehearsal."""
    if not is_test():
        return own
    return f"TEST – {own}" if own else _("TEST, sans valeur en production")


def subject(text: str) -> str:
    """The subject of an e-mail, as it leaves."""
    return f"[TEST] {text}" if is_test() else text


def postscript() -> str:
    """What ends the text of an e-mail, in the language at hand; empty in production."""
    if not is_test():
        return ""
    return _(
        "Environnement de TEST : ce message, les certificats et les droits dont il parle n’ont "
        "aucune valeur en production."
    )
