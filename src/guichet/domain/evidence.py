"""The documents of an evidence file, as texts: what the journal's entries carry the digest of.

They tell of things, never of people who need not be named: a dossier is named by the digest of its
content, a habilitation without its card. Verified by guichet-verify and by the page /verifier/.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

FACT: Final = "document"
"""The fact of an entry that holds the SHA-256 of the document it stands for, in hexadecimal."""

HABILITATION_FACT: Final = "habilitation"
"""The fact of an order's entry that holds the same of the habilitation it was placed under."""

Value = str | int | None | list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HabilitationTold:
    """A habilitation as it was given: what, to which structure, for how long, by what origin.

    `dossiers` stand behind one that no dossier opened itself.
    """

    right: str
    structure: str
    offer: str
    usages: Collection[str]
    domains: Collection[str]
    mail_domains: Collection[str]
    servers: Collection[str]
    origin: str
    dossiers: Collection[str] = ()
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationTold:
    """What a structure delegates to an editor, named by its SIRET, as that one accepted it."""

    delegation: int
    structure: str
    editor: str
    offers: Collection[str]
    domains: Collection[str]
    mail_domains: Collection[str]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryingTold:
    """The carrying over of a right to the new card of its holder.

    `consent` is "representative", or "policy" where the counter's own rules carried it.
    """

    renewal: int
    right: str
    successor: str
    structure: str
    offer: str
    usages: Collection[str]
    consent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTold:
    """An order as it was placed; `habilitation` is the digest of its habilitation's text."""

    order: int
    profile: str
    structure: str
    right: str
    habilitation: str
    service: str
    fqdn: str
    mail: str
    channel: str
    renews: int | None


def digest(document: str | bytes) -> str:
    """SHA-256 of a document's octets, UTF-8 of a text, in hexadecimal."""
    return hashlib.sha256(document.encode() if isinstance(document, str) else document).hexdigest()


def dossier(*, number: int, revision: int, content_sha256: str, terms: str) -> str:
    """A revision of a dossier that was deposited, by the digest of its content."""
    return _text(
        "dossier",
        {"dossier": number, "revision": revision, "content_sha256": content_sha256, "terms": terms},
    )


def decision(
    *, number: int, revision: int, content_sha256: str, kind: str, types: Collection[str]
) -> str:
    """A decision that took effect on a revision: its kind and the certificates it opens."""
    return _text(
        "decision",
        {
            "dossier": number,
            "revision": revision,
            "content_sha256": content_sha256,
            "kind": kind,
            "types": sorted(types),
        },
    )


def habilitation(told: HabilitationTold) -> str:
    """A right as it was given."""
    return _text(
        "habilitation",
        {
            "right": told.right,
            "structure": told.structure,
            "offer": told.offer,
            "usages": sorted(told.usages),
            "domains": list(told.domains),
            "mail_domains": list(told.mail_domains),
            "servers": list(told.servers),
            "origin": told.origin,
            # Left out where it is empty: such texts read as they always did.
            **({"dossiers": list(told.dossiers)} if told.dossiers else {}),
            "starts_at": instant(told.starts_at),
            "ends_at": instant(told.ends_at) if told.ends_at else None,
        },
    )


def delegation(told: DelegationTold) -> str:
    """A delegation as the editor accepted it."""
    return _text(
        "delegation",
        {
            "delegation": told.delegation,
            "structure": told.structure,
            "editor": told.editor,
            "offers": sorted(told.offers),
            "domains": list(told.domains),
            "mail_domains": list(told.mail_domains),
            "starts_at": instant(told.starts_at),
            "ends_at": instant(told.ends_at),
        },
    )


def carrying(told: CarryingTold) -> str:
    """A right carried over from one card to another of the same person; neither card is named."""
    return _text(
        "carrying",
        {
            "renewal": told.renewal,
            "right": told.right,
            "successor": told.successor,
            "structure": told.structure,
            "offer": told.offer,
            "usages": sorted(told.usages),
            "consent": told.consent,
        },
    )


def order(told: OrderTold) -> str:
    """What was ordered, under which habilitation; its key stands in the entry's facts."""
    return _text(
        "order",
        {
            "order": told.order,
            "profile": told.profile,
            "structure": told.structure,
            "right": told.right,
            "habilitation": told.habilitation,
            "service": told.service,
            "fqdn": told.fqdn,
            "mail": told.mail,
            "channel": told.channel,
            "renews": told.renews,
        },
    )


def withdrawal(*, order: int, product: int, serial: str, certificate_sha256: str) -> str:
    """The handing over of a certificate, by the digest of its DER."""
    return _text(
        "withdrawal",
        {
            "order": order,
            "product": product,
            "serial": serial,
            "certificate_sha256": certificate_sha256,
        },
    )


def instant(at: datetime) -> str:
    """An aware instant as documents write it: ISO 8601, UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _text(kind: str, content: Mapping[str, Value]) -> str:
    """Canonical JSON: sorted names, no space, UTF-8 as it is."""
    whole = {"format": f"guichet-{kind}/1", **content}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
