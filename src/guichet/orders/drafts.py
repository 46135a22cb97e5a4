"""A draft as its author meets it: what is typed, and what the rights still allow."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.domain.catalogue.offers import Usage
from guichet.domain.refusals import Refusal
from guichet.habilitations import queries as habilitations
from guichet.habilitations.structures import StructureFacts
from guichet.orders.models import OrderDraft
from guichet.orders.summaries import ProductSummary
from guichet.orders.visibility import Reach

FIELDS: Final = (
    "usage",
    "service",
    "fqdn",
    "mail",
    "national_id",
    "surname",
    "given_names",
    "title",
    "actor_email",
    "informed_email",
)
SCOPE: Final = ("offer", "structure_id", "kind", "renewal_of")
STRUCTURES_SHOWN: Final = 15
LAST_STEP: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An order being typed, seen through the rights of now.

    `known` are structures already read, when several drafts are shown together.
    """

    key: UUID
    typed: Mapping[str, Any]
    number: int | None
    updated_at: datetime
    reach: Reach
    known: Mapping[str, StructureFacts] | None = None

    @classmethod
    def of(
        cls, row: OrderDraft, found: Reach, known: Mapping[str, StructureFacts] | None = None
    ) -> Self:
        """From the stored row."""
        return cls(
            key=row.key,
            typed=row.typed,
            number=row.number,
            updated_at=row.updated_at,
            reach=found,
            known=known,
        )

    @classmethod
    def all_of(cls, rows: Sequence[OrderDraft], found: Reach) -> list[Self]:
        """From several stored rows: their structures are read together."""
        chosen = {str(row.typed.get("structure_id") or "") for row in rows}
        known = habilitations.structures(chosen)
        return [cls.of(row, found, known) for row in rows]

    def get(self, name: str) -> str:
        """A typed text, empty when there is none."""
        return str(self.typed.get(name) or "")

    @property
    def usages(self) -> tuple[Usage, ...]:
        """Usages that the rights allow for the chosen structure and offer."""
        return self.reach.usages(self.get("structure_id"), self.get("offer"))

    @property
    def structure(self) -> StructureFacts | None:
        """The chosen structure, while it is within reach."""
        chosen = self.get("structure_id")
        if chosen not in self.reach.structure_ids:
            return None
        if self.known is not None:
            return self.known.get(chosen)
        try:
            return habilitations.structure(chosen)
        except Refusal:
            return None

    @property
    def renewal_of(self) -> int | None:
        """Number of the product to renew."""
        number = self.typed.get("renewal_of")
        return number if isinstance(number, int) else None

    @property
    def beneficiary(self) -> str:
        """Whom it is for, as typed so far."""
        person = " ".join(filter(None, (self.get("surname"), self.get("given_names"))))
        return self.get("service") or self.get("fqdn") or person or self.get("mail")

    @property
    def profile(self) -> str:
        """Offer and usage as far as they are chosen: "ORG", "ORG/AUTH_CLI"."""
        return "/".join(filter(None, (self.get("offer"), self.get("usage"))))

    @property
    def address(self) -> str:
        """Where to take it up."""
        return reverse(f"orders:step-{self.next_step}", args=[self.key])

    @property
    def recap(self) -> list[tuple[str, str]]:
        """What the steps before hold, as "Récapitulatif des informations renseignées"."""
        structure = self.structure
        rows = [(_("Offre"), self.get("offer")), (_("Structure"), structure and structure.label)]
        if self.renewal_of:
            rows.append((_("Renouvelle le produit"), str(self.renewal_of)))
        if self.next_step == LAST_STEP:
            rows += [
                (_("Usage"), self.get("usage")),
                (_("Bénéficiaire"), self.beneficiary),
                (_("Adresse de messagerie"), self.get("mail")),
                (_("Email de l’acteur"), self.get("actor_email")),
                (_("Email d’une personne à informer"), self.get("informed_email")),
            ]
        return [(term, value) for term, value in rows if value]

    @property
    def seen(self) -> str:
        """What a page shows of it, in short: another may change it before this one is sent."""
        asked = {name: self.typed.get(name) for name in (*SCOPE, *FIELDS)}
        return hashlib.blake2s(json.dumps(asked).encode(), digest_size=8).hexdigest()

    @property
    def next_step(self) -> int:
        """The first step that is not complete, from 1 to 4."""
        if not self.usages:
            return 1
        if not self.typed.get("kind"):
            return 2
        is_held = self.get("usage") in {usage.value for usage in self.usages}
        return LAST_STEP if self.typed.get("informed") and is_held else 3


def carried_over(product: ProductSummary) -> dict[str, Any]:
    """What a renewal takes from the product it renews, but for its key."""
    order = product.order
    person = order.person
    return {
        "kind": "renewal",
        "renewal_of": product.number,
        "informed": False,
        "usage": order.usage,
        "service": order.service,
        "fqdn": order.fqdn,
        "mail": order.mail,
        "national_id": person.national_id if person else "",
        "surname": person.surname if person else "",
        "given_names": person.given_names if person else "",
        "title": person.title if person else "",
        "actor_email": order.actor_email,
        "informed_email": order.informed_email,
    }


def search_structures(
    found: Reach, wanted: Mapping[str, str], chosen: str
) -> tuple[Sequence[StructureFacts], int]:
    """Structures to choose from, and how many the search holds; the chosen one is always there."""
    among = {right.structure_id for right in found.rights}
    structures, total = habilitations.search(
        among=among,
        national_id=wanted.get("national_id", ""),
        name=wanted.get("legal_name", ""),
        limit=STRUCTURES_SHOWN,
    )
    if chosen in among and chosen not in {s.national_id for s in structures}:
        structures = (habilitations.structure(chosen), *structures)
    return structures, total
