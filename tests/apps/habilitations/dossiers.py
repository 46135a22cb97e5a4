"""Dossiers as tests need them: the deck's case, right by default; a test names what is other."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from guichet.domain.dossier.typed import ADMINISTRATORS, RPPS_RANKS, Typed
from guichet.domain.identifiers import Siret
from guichet.habilitations import registers
from guichet.habilitations.models import Dossier
from guichet.habilitations.operations import depositing, drafting
from guichet.identities.actors import Actor
from kit.kept_rows import KEPT

AGENCY = "18751275100020"
HOSPITAL = "99999003900011"
CLOSED = "12345678200002"
UNDISCLOSED = "98765432400001"
UNKNOWN = "40393866500037"
AGENCY_NAME = "AGENCE DU NUMERIQUE EN SANTE"
JEAN_CARD = "0102030405"
JEANNE_CARD = "0203040506"
EXPIRED_CARD = "0304050607"
OPPOSED_CARD = "0405060708"
COMPANY: dict[str, Any] = {
    "answer": "open",
    "siret": AGENCY,
    "legal_name": AGENCY_NAME,
    "legal_form": "Groupement d'intérêt public (GIP)",
    "naf_code": "8412Z",
    "naf_label": "Administration publique (tutelle) de la santé, de la formation, de la culture et"
    " des services sociaux, autre que sécurité sociale",
    "created_on": "2005-04-12",
    "closed_on": "",
    "headcount": "100 à 199 salariés",
    "vat_number": "FR54187512751",
    "address": "AGENCE DU NUMERIQUE EN SANTE 9 RUE GEORGES PITARD 75015 PARIS 15 FRANCE",
    "share_capital": "",
    "turnover": "",
    "sign": "",
    "is_head_office": True,
    "department_name": "Paris",
    "department_number": "75",
    "source": "sirene",
}
# What the deck types; "administrators.0" is the first row, whatever its identifier.
DECK = {
    "structure.cares_for_patients": "no",
    "structure.is_radiology": "no",
    "representative.quality": "legal-representative",
    "representative.surname": "DUPONT",
    "representative.given_names": "Jean",
    "representative.phone": "01 02 03 04 05",
    "representative.email": "monmail@sante.fr",
    "representative.card_number": JEAN_CARD,
    "administrators.0.card_number": JEANNE_CARD,
    "administrators.0.name": "Jeanne CHARLES",
    "administrators.0.phone": "0102030405",
    "administrators.0.email": "monemaildadmin@sante.fr",
    "use.description": "Connexion au DMP",
    "use.editor": "ANS",
    "use.solution": "Esante WebModule",
    "types.org": "on",
    "terms": "on",
    "accuracy": "on",
}


@dataclass(frozen=True)
class Person:
    """Somebody logged in: who they are for operations, and their browser."""

    actor: Actor
    browser: Client

    def get(self, address: str, **query: Any) -> HttpResponse:
        return self.browser.get(address, query, secure=True)  # type: ignore[return-value]

    def post(self, address: str, data: Mapping[str, Any] | None = None) -> HttpResponse:
        return self.browser.post(address, dict(data or {}), secure=True)  # type: ignore[return-value]

    def send(self, address: str, body: Any) -> HttpResponse:
        """POST JSON, as the page's script does."""
        return self.browser.post(  # type: ignore[return-value]
            address,
            body,
            content_type="application/json",
            secure=True,
            headers={"accept": "application/json"},
        )


def begin_draft(
    by: Actor,
    siret: str = AGENCY,
    company: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> int:
    """A draft just begun; its number."""
    return drafting.begin(
        siret=Siret.parse(siret),
        company={**COMPANY, "siret": siret} if company is None else company,
        by=by,
        language="fr",
        at=at or timezone.now(),
    )


def fill(number: int, by: Actor, texts: Mapping[str, str], at: datetime | None = None) -> None:
    """Type in a draft; rows are named by their place: "administrators.0.phone"."""
    when = at or timezone.now()
    _make_rows(number, texts)
    form = typed(number)
    named = {_named(form, path): text for path, text in texts.items()}
    drafting.save(number=number, changes=named, by=by, at=when)


def complete_draft(
    by: Actor,
    changes: Mapping[str, str] | None = None,
    siret: str = AGENCY,
    company: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> int:
    """The deck's case, ready to be deposited but for `changes`; its number."""
    number = begin_draft(by, siret, company, at)
    fill(number, by, {**DECK, **(changes or {})}, at)
    return number


def deposited(
    by: Actor,
    changes: Mapping[str, str] | None = None,
    siret: str = AGENCY,
    company: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> int:
    """The deck's case, deposited; its number. The very case is made once by a worker."""

    def deposit() -> int:
        number = complete_draft(by, changes, siret, company, at)
        depositing.deposit(number=number, by=by, at=at or timezone.now())
        return number

    is_other = changes or company or at or siret != AGENCY or has_own_state()
    return (
        deposit()
        if is_other
        else KEPT.make(f"deposited by {by} {settings.GUICHET_HABILITATIONS}", deposit)
    )


def has_own_state() -> bool:
    """Whether this test's state folder is its own: registers in it may be whole."""
    own: Path = settings.GUICHET.state
    return own != Path(os.environ["GUICHET_STATE"])


def row(number: int) -> Dossier:
    """The stored dossier."""
    return Dossier.objects.get(number=number)


def typed(number: int) -> Typed:
    """What is typed in a dossier's form."""
    return Typed.from_json(row(number).draft)


def path_of(number: int, path: str) -> str:
    """The path of the form for one that names a row by its place."""
    return _named(typed(number), path)


def many_administrators(count: int) -> dict[str, str]:
    """Texts that declare `count` administrators, every card its own."""
    texts = {}
    for place in range(count):
        texts[f"administrators.{place}.card_number"] = f"{1_000_000_000 + place}"
        texts[f"administrators.{place}.name"] = f"Camille MARTIN {place}"
        texts[f"administrators.{place}.phone"] = "01 02 03 04 05"
        texts[f"administrators.{place}.email"] = f"admin{place}@sante.fr"
    return texts


def company(siret: str) -> dict[str, Any]:
    """What the registers tell of a SIRET, as the company page keeps it."""
    return registers.company_of(Siret.parse(siret))


def _named(form: Typed, path: str) -> str:
    block, _, rest = path.partition(".")
    place, _, name = rest.partition(".")
    if block in {ADMINISTRATORS, RPPS_RANKS} and place.isdigit() and len(place) < 6:
        return f"{block}.{form.ids(block)[int(place)]}.{name}"
    return path


def _make_rows(number: int, texts: Iterable[str]) -> None:
    """Rows enough for the places named, all at once."""
    stored = row(number)
    form = Typed.from_json(stored.draft)
    for block in (ADMINISTRATORS, RPPS_RANKS):
        places = {p.split(".")[1] for p in texts if p.startswith(f"{block}.")}
        needed = 1 + max((int(p) for p in places if p.isdigit() and len(p) < 6), default=-1)
        for _missing in range(needed - len(form.ids(block))):
            form = form.with_row(block, drafting.new_row())
    stored.draft = form.to_json()
    stored.save(update_fields=["draft"])
