"""What is kept of one person, handed out or erased (GDPR articles 15, 17 and 20)."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from guichet.associations import personal as of_associations
from guichet.authority import personal as of_authority
from guichet.automation import personal as of_automation
from guichet.backoffice import personal as of_backoffice
from guichet.database.personal import Hindrance, work
from guichet.database.personal.work import Done
from guichet.domain.personal import Person
from guichet.habilitations import personal as of_habilitations
from guichet.identities import personal as of_identities
from guichet.identities.personal import AmbiguousError
from guichet.journal import erasing, queries
from guichet.journal import operations as journal
from guichet.journal.events import Event
from guichet.notifications import personal as of_notifications
from guichet.orders import personal as of_orders
from guichet.processes.told import ACTOR
from guichet.samples import personal as of_samples
from guichet.terms import personal as of_terms

__all__ = ["AmbiguousError", "Erased", "HinderedError", "erase", "export", "named", "plan"]
PARTS: Final = (
    of_notifications.PART,
    of_identities.PART,
    of_terms.PART,
    of_authority.PART,
    of_habilitations.PART,
    of_orders.PART,
    of_associations.PART,
    of_automation.PART,
    of_samples.PART,
    of_backoffice.PART,
)
README: Final = """\
Ce que Guichet garde à propos d’une personne, le {at:%d/%m/%Y}.

Chaque fichier .json est une table ; journal.json, ce que le journal inaltérable dit d’elle.
lisible.txt dit la même chose sans outil. Les mots de passe, codes et jetons n’y sont pas : seules
leurs empreintes sont gardées. Durées et raisons : docs/explanation/donnees-personnelles.md.
"""


class HinderedError(Exception):
    """A person cannot be erased yet; `hindrances` say why, and what ends each."""

    def __init__(self, hindrances: Sequence[Hindrance]) -> None:
        super().__init__("; ".join(f"{one.what}: {one.mend}" for one in hindrances))
        self.hindrances = tuple(hindrances)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done in tables and in the journal; `older` entries cannot lose a part."""

    done: Done
    entries: int
    older: int


def named(word: str) -> Person:
    """Whoever this names: a reference of the journal, a card's number, an e-mail address.

    Raises AmbiguousError.
    """
    return work.known(PARTS, of_identities.named(word))


def is_kept(person: Person) -> bool:
    """Whether a table or an entry of the journal tells of this person; of a typing error, none."""
    return any(rows for _, rows in work.found(PARTS, person)) or bool(_entries(person))


def export(person: Person, at: datetime) -> bytes:
    """A ZIP: JSON by table, the journal's entries, and the same as a text."""
    tables = dict(work.found(PARTS, person))
    tables["journal"] = _entries(person)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("LISEZMOI.txt", README.format(at=at))
        for name, rows in tables.items():
            archive.writestr(f"{name}.json", _json(rows))
        archive.writestr("lisible.txt", "\n".join(_readable(tables)))
    return stream.getvalue()


def _entries(person: Person) -> tuple[Mapping[str, Any], ...]:
    found = erasing.find(_called(person))
    links = (kept.link for kept in queries.stored({*found.seqs, *found.older}))
    return tuple(
        {"seq": e.seq, "at": e.at, "event": e.event, "subject": e.subject, "facts": dict(e.facts)}
        for e in links
    )


def _json(rows: object) -> str:
    return json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _readable(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    lines = []
    for name, rows in tables.items():
        lines += ["", f"{name} ({len(rows)})", "-" * len(name)]
        for row in rows:
            told = (f"{k}\u202f: {v}" for k, v in row.items() if v not in (None, "", [], {}))
            lines.append(" · ".join(told))
    return lines


def plan(person: Person, at: datetime) -> Done:
    """What erasure would do in the tables; nothing is changed. Raises HinderedError."""
    _require_free(person, at)
    return work.would_erase(PARTS, person, at)


@transaction.atomic
def erase(person: Person, reason: str, at: datetime) -> Erased:
    """Erase what law lets go, then the journal's parts; told without the data. All or nothing.

    Raises HinderedError. On PostgreSQL it needs the rights of the tables' owner.
    """
    _require_free(person, at)
    done = work.erase(PARTS, person, at)
    found = erasing.erase(_called(person), by=ACTOR, reason=reason, at=at)
    journal.record(
        Event.PERSON_ERASED,
        subject="personal-data",
        actor=ACTOR,
        at=at,
        facts={
            "reason": reason,
            "deleted": sum(done.deleted.values()),
            "scrubbed": sum(done.scrubbed.values()),
            "kept": sum(kept.count for kept in done.kept),
            "entries": len(found.seqs),
        },
    )
    return Erased(done, len(found.seqs), len(found.older))


def _require_free(person: Person, at: datetime) -> None:
    if hindrances := work.hindrances(PARTS, person, at):
        raise HinderedError(hindrances)


def _called(person: Person) -> frozenset[str]:
    return person.marks | person.names
