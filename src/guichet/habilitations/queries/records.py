"""Dossiers as rows of values, for exports: one of each dossier, and one of each repeated block."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.typed import ADMINISTRATORS, Typed
from guichet.habilitations import mails
from guichet.habilitations.models import (
    AdministratorConfirmation,
    Correction,
    Decision,
    Dossier,
    Examination,
    Revision,
)
from guichet.habilitations.queries.instruction import QueueFilters, last_revisions, matching
from guichet.identities.actors import Actor

Value = str | int | bool | datetime | None
Record = Mapping[str, Value]
CHUNK: Final = 200
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    CertificateType.ORG: {},
    CertificateType.SERV_SSL: {"domain": "types.ssl_domain", "server": "types.ssl_server"},
    CertificateType.SERV_MAIL: {"mail_domain": "types.serv_mail_domain"},
    CertificateType.PRO: {"mail_domain": "types.pro_mail_domain"},
}


@dataclass(frozen=True, slots=True)
class Records:
    """One dossier: its own row, those of its administrators, those of the types it asks for."""

    dossier: Record
    administrators: tuple[Record, ...]
    types: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    revisions: Mapping[int, Revision]
    decisions: Mapping[int, Decision]
    confirmed: Mapping[tuple[int, str], datetime | None]
    examined: Mapping[int, Examination]
    pending: frozenset[int]


def keys(filters: QueueFilters, who: Actor) -> Sequence[int]:
    """The dossiers of a list, in its order; what is exported is decided at once."""
    return list(matching(filters, who).values_list("pk", flat=True))


def records(chosen: Sequence[int]) -> Iterator[Records]:
    """The rows of each dossier, read by hundreds: memory does not grow with the list."""
    left = iter(chosen)
    while chunk := list(islice(left, CHUNK)):
        rows = Dossier.objects.in_bulk(chunk)
        around = _around(chunk)
        for key in chunk:
            if key in rows and key in around.revisions:
                yield _records(rows[key], around)


def _around(chunk: list[int]) -> _Around:
    kept = Decision.objects.filter(
        dossier__in=chunk, approved_at__isnull=False, replaced_at=None, withdrawn_at=None
    )
    asked = AdministratorConfirmation.objects.filter(dossier__in=chunk).order_by("pk")
    pending = Correction.objects.filter(dossier__in=chunk, resolved_at=None)
    return _Around(
        revisions={row.dossier_id: row for row in last_revisions(chunk)},
        decisions={row.dossier_id: row for row in kept},
        confirmed={(row.dossier_id, row.row): row.confirmed_at for row in asked},
        examined={row.dossier_id: row for row in Examination.objects.filter(dossier__in=chunk)},
        pending=frozenset(pending.values_list("dossier", flat=True)),
    )


def _records(row: Dossier, around: _Around) -> Records:
    revision = around.revisions[row.pk]
    typed = Typed.from_json(revision.content)
    decision = around.decisions.get(row.pk)
    return Records(
        dossier=_dossier(row, revision, typed, around),
        administrators=tuple(
            _administrator(row, typed, who, decision, around) for who in typed.ids(ADMINISTRATORS)
        ),
        types=tuple(
            _type(row, typed, kind, decision)
            for kind in CertificateType
            if typed.has(f"types.{kind.value}")
        ),
    )


def _dossier(row: Dossier, revision: Revision, typed: Typed, around: _Around) -> Record:
    decision, looked = around.decisions.get(row.pk), around.examined.get(row.pk)
    asked = [kind.value for kind in CertificateType if typed.has(f"types.{kind.value}")]
    return {
        "number": row.number,
        "state": row.state,
        "to_correct": row.pk in around.pending,
        "siret": row.siret,
        "legal_name": mails.legal_name(row),
        "department": row.company.get("department_number", ""),
        "finess": typed.get("structure.finess"),
        "quality": typed.get("representative.quality"),
        "surname": typed.get("representative.surname"),
        "given_names": typed.get("representative.given_names"),
        "phone": typed.get("representative.phone"),
        "email": typed.get("representative.email"),
        "card_number": typed.get("representative.card_number"),
        "administrators": len(typed.ids(ADMINISTRATORS)),
        "types": " ".join(asked),
        "editor": typed.get("use.editor"),
        "solution": typed.get("use.solution"),
        "description": typed.get("use.description"),
        "assignee": row.assignee_label,
        "checks": looked.level if looked and looked.n == revision.n else "",
        "revision": revision.n,
        "filed_at": row.filed_at,
        "changed_at": revision.deposited_at,
        "taken_at": row.taken_at,
        "decided_at": row.decided_at,
        "archived_at": row.archived_at,
        "decision": decision.kind if decision else "",
        "reason": decision.reason if decision else "",
    }


def _administrator(
    row: Dossier, typed: Typed, who: str, decision: Decision | None, around: _Around
) -> Record:
    path = f"{ADMINISTRATORS}.{who}"
    return {
        "number": row.number,
        "row": who,
        "siret": row.siret,
        "card_number": typed.get(f"{path}.card_number"),
        "name": typed.get(f"{path}.name"),
        "phone": typed.get(f"{path}.phone"),
        "email": typed.get(f"{path}.email"),
        "confirmed_at": around.confirmed.get((row.pk, who)),
        **_share(decision, who, decision.rows if decision else ()),
    }


def _type(row: Dossier, typed: Typed, kind: CertificateType, decision: Decision | None) -> Record:
    names = {name: typed.get(path) for name, path in NAMES[kind].items()}
    return {
        "number": row.number,
        "siret": row.siret,
        "type": kind.value,
        "domain": "",
        "server": "",
        "mail_domain": "",
        **names,
        **_share(decision, kind.value, decision.types if decision else ()),
    }


def _share(decision: Decision | None, name: str, kept: Sequence[str]) -> Record:
    """What the decision says of one administrator or type."""
    if decision is None or decision.kind != "accept":
        return {"accepted": None, "left_out_because": ""}
    return {"accepted": name in kept, "left_out_because": str(decision.refused.get(name, ""))}
