"""The e-mails of a dossier's life: each in both languages, saying what to do next."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from guichet.habilitations.outcomes import Outcome
from guichet.notifications.mails import Mail, render

pytestmark = pytest.mark.django_db  # texts that staff wrote come first
LEFT_OUT = Outcome((), ("ORG (AUTH_CLI, SIGN, CONF)",), (("PRO (AUTH)", "Sans usage."),))
WHOLE = Outcome((), ("ORG (AUTH_CLI, SIGN, CONF)",), ())
DECISION = {"reason": "Le mandat est illisible.", "code": "ABCDEFGHJKMN", "outcome": WHOLE}
CONTEXTS: dict[str, dict[str, Any]] = {
    "deposited": {"code": "ABCDEFGHJKMN"},
    "changed": {"code": "ABCDEFGHJKMN"},
    "designated": {"name": "Jeanne CHARLES", "card_number": "0203040506", "token": "jeton"},
    "taken": {},
    "given_back": {},
    "correction": {"reason": "incomplete", "body": "Voir.", "fields": [("N° de carte", "Faux")]},
    "accept": DECISION,
    "refuse": DECISION,
    "close": DECISION,
    "reopened": {"reason": "Erreur de lecture."},
    "habilitated": {
        "name": "Jeanne CHARLES",
        "card_number": "0203040506",
        "offers": ["ORG", "SERV"],
        "last_day": date(2027, 5, 31),
    },
    "message": {"author": "MOREL / INÈS", "body": "Bonjour.", "files": ["a.pdf", "b.pdf"]},
    "infected": {"name": "a.pdf", "signature": "Eicar-Test-Signature"},
}
# What each must say, in French and in English.
SAID = {
    "deposited": ("vous pouvez encore y apporter des modifications", "you may still change it"),
    "changed": ("remplacent le dépôt précédent", "replace what was submitted before"),
    "designated": ("/habilitations/confirmations/jeton/", "/habilitations/confirmations/jeton/"),
    "taken": ("Vous n’avez rien à faire", "There is nothing to do"),
    "given_back": ("à nouveau le modifier", "change it again"),
    "correction": ("déposez vos modifications", "submit your changes"),
    "accept": ("avec sa carte CPx ou e-CPS", "with a CPx card or e-CPS"),
    "refuse": ("tribunal administratif", "administrative court"),
    "close": ("Ce n’est pas un refus", "This is not a refusal"),
    "reopened": ("Les certificats déjà délivrés restent valables", "already issued stay valid"),
    "habilitated": ("/produits/demander/", "/produits/demander/"),
    "message": ("a.pdf, b.pdf", "a.pdf, b.pdf"),
    "infected": ("Eicar-Test-Signature", "Eicar-Test-Signature"),
}


def written(name: str, language: str, **changes: Any) -> tuple[str, str]:
    dossier = {"number": 9073113, "legal_name": "AGENCE <DU> NUMERIQUE & CIE"}
    mail = Mail(
        to=("monmail@sante.fr",),
        template=f"habilitations/mail/{name}",
        context={"dossier": dossier, **CONTEXTS[name], **changes},
        language=language,
        about="dossier:9073113",
        dedupe_key=name,
    )
    found = render(mail)
    return found.subject, found.text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", sorted(CONTEXTS))
def test_every_mail_is_complete(name, language) -> None:
    """A subject, a greeting, words that say what is next, a link, a signature; no hole."""
    subject, text = written(name, language)
    assert "AGENCE <DU> NUMERIQUE & CIE" in subject + text
    assert ("Bonjour" if language == "fr" else "Hello") in text
    assert SAID[name][language == "en"] in text
    assert "https://" in text
    assert "certificats@guichet.test" in text
    assert not re.search(r"\{[{%]|[%}]\}|None|\n\n\n", subject + text)
    assert not re.search(r"[^\s] $", text, re.M)


@pytest.mark.parametrize("name", sorted(CONTEXTS))
def test_french_keeps_its_narrow_spaces(name) -> None:
    _subject, text = written(name, "fr")
    assert not re.search(r"[a-zà-ÿ)»] [:;?!»]", text)
    assert not re.search(r"« ", text)


def test_a_partial_acceptance_tells_what_is_left_out_and_how_to_appeal() -> None:
    subject, text = written("accept", "fr", outcome=LEFT_OUT)
    assert subject.endswith("accepté en partie")
    assert "- PRO (AUTH)\u202f: Sans usage." in text
    assert "recours" in text
    assert "recours" not in written("accept", "fr")[1]


def test_an_end_nobody_knows_is_not_told() -> None:
    assert "31/05/2027" in written("habilitated", "fr")[1]
    assert "au plus tard" not in written("habilitated", "fr", last_day=None)[1]


def test_a_correction_without_words_or_without_fields() -> None:
    assert "À corriger" not in written("correction", "fr", fields=[])[1]
    assert (
        "Certaines informations sont à corriger."
        in written("correction", "fr", body="", reason="incorrect")[1]
    )
