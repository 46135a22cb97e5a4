"""Answers to questions, read once from topics/*.toml: a file a topic, both languages in it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In the order of the work; icons are those of web.icons.
TOPICS: Final[tuple[tuple[str, Promise, str], ...]] = (
    ("habilitation", _("Être habilité"), "shield"),
    ("commander", _("Demander"), "plus"),
    ("cles", _("Clés et CSR"), "key"),
    ("retirer", _("Retirer et installer"), "download"),
    ("suivre", _("Suivre et renouveler"), "list"),
    ("revoquer", _("Révoquer et vérifier"), "ban"),
    ("automates", _("Automates et API"), "refresh"),
    ("associations", _("Associations et Pro Santé Connect"), "certificate"),
    ("banc", _("Banc d’essai et TLS mutuel"), "server"),
    ("courriels", _("Courriels et rappels"), "mail"),
    ("roles", _("Connexion et rôles"), "person"),
    ("gestion", _("Gestion du service"), "building"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """A question and its answer in one language; `text` is Markdown."""

    question: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. `slug` is its address; `words` are others that people search it by.

    `guide` is a page of the documentation ("how-to/renouveler"), "" where there is none.
    """

    slug: str
    topic: str
    related: tuple[str, ...]
    words: str
    guide: str
    by_language: Mapping[str, Words]

    def said(self, language: str | None) -> Words:
        """The words in a language ("en-gb" is "en"); French when there is no other."""
        return self.by_language.get((language or "fr")[:2], self.by_language["fr"])


@dataclass(frozen=True, slots=True)
class Topic:
    """A part of the help, with its answers in order."""

    slug: str
    title: Promise
    icon: str
    answers: tuple[Answer, ...]


@cache
def topics() -> tuple[Topic, ...]:
    """Every topic, in the order of the work."""
    return tuple(Topic(slug, title, icon, _read(slug)) for slug, title, icon in TOPICS)


@cache
def by_slug() -> Mapping[str, Answer]:
    """Every answer by its address."""
    return {answer.slug: answer for topic in topics() for answer in topic.answers}


def related(answer: Answer) -> tuple[Answer, ...]:
    """The answers that it refers to, in its order."""
    return tuple(by_slug()[slug] for slug in answer.related)


def _read(topic: str) -> tuple[Answer, ...]:
    text = files(__package__).joinpath("topics", f"{topic}.toml").read_text("utf-8")
    return tuple(_answer(topic, row) for row in _rows(tomllib.loads(text)))


def _rows(read: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return read["answer"]  # type: ignore[no-any-return]


def _answer(topic: str, row: Mapping[str, Any]) -> Answer:
    return Answer(
        slug=row["slug"],
        topic=topic,
        related=tuple(row["related"]),
        words=row["words"],
        guide=row.get("guide", ""),
        by_language={
            code: Words(row[code]["question"], row[code]["text"].strip()) for code in ("fr", "en")
        },
    )
