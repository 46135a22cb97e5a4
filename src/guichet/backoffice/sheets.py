"""One thing of the counter in facts, read-only, with what it leads to: sheets."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from guichet.authority import overseen as authority
from guichet.backoffice import navigating
from guichet.domain.duties import Duty
from guichet.domain.refusals import Code, Refusal
from guichet.habilitations import queries as habilitations
from guichet.identities import machines
from guichet.identities import overseen as people
from guichet.identities.actors import Actor
from guichet.orders import overseen
from guichet.orders.texts import CHANNELS, MOTIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet shows: `facts` are terms and values, `links` words and addresses.

    `subjects` are its names in the journal; `is_person` tells that reading it is journalled.
    """

    kind: str
    title: str
    state: str = ""
    facts: tuple[tuple[str, Any], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    subjects: tuple[str, ...] = ()
    is_person: bool = False


Maker = Callable[[str, datetime], Sheet]
ORDER, PRODUCT, CERTIFICATE, STRUCTURE, PERSON, MACHINE, JOURNAL = (
    "demandes",
    "produits",
    "certificats",
    "structures",
    "personnes",
    "machines",
    "journal",
)


def sheet(kind: str, ref: str, who: Actor, at: datetime) -> Sheet:
    """One sheet, its links those that the reader may follow.

    Raises Refusal: ROLE_MISSING for a kind that needs another duty, and what says that nothing
    has this name.
    """
    maker, duty = MAKERS.get(kind, (None, Duty.SEARCH))
    if maker is None:
        raise Refusal(Code.SHEET_UNKNOWN)
    if not who.may(duty):
        raise Refusal(Code.ROLE_MISSING)
    return maker(ref, at)


def address(kind: str, ref: object) -> str:
    """Where a sheet is."""
    return f"{navigating.HOME}fiches/{kind}/{ref}/"


def _order(ref: str, _at: datetime) -> Sheet:
    found = overseen.order(_number(ref))
    links = [(_("La structure"), address(STRUCTURE, found.structure_id))]
    if found.product_number:
        links.append((_("Le produit"), address(PRODUCT, found.product_number)))
    return Sheet(
        kind=pgettext("of a certificate", "Demande"),
        title=_("Demande %(number)d") % {"number": found.number},
        state=found.state,
        facts=(
            (_("Offre et usage"), found.profile),
            (_("Structure"), f"{found.structure_name} ({found.structure_id})"),
            (_("Bénéficiaire"), found.beneficiary),
            (_("Demandeur"), found.requester),
            (_("Canal"), str(CHANNELS.get(found.channel, found.channel))),
            (_("Déposée le"), found.placed_at),
            (_("Certificat prêt le"), found.available_at),
            (_("À retirer avant le"), found.withdraw_before),
            (_("Retirée le"), found.withdrawn_at),
            (_("Raison de l’échec"), found.failure),
            (_("Essais de clé"), found.attempt),
            (_("Empreinte de la clé (SHA-256)"), found.spki_sha256),
        ),
        links=tuple(links),
        subjects=(f"order:{found.number}",),
    )


def _product(ref: str, at: datetime) -> Sheet:
    found = overseen.product(_number(ref), at)
    motive = found.revocation_motive
    return Sheet(
        kind=_("Produit"),
        title=_("Produit %(number)d") % {"number": found.number},
        state=found.state,
        facts=(
            (_("Offre et usage"), found.order.profile),
            (_("Structure"), f"{found.order.structure_name} ({found.order.structure_id})"),
            (_("Bénéficiaire"), found.order.beneficiary),
            (_("Sujet"), found.subject),
            (_("Émetteur"), found.issuer),
            (_("Numéro de série"), found.serial_hex),
            (_("Valide à partir du"), found.not_before),
            (_("Fin de validité"), found.not_after),
            (_("Révoqué le"), found.revoked_at),
            (_("Motif de la révocation"), str(MOTIVES[motive]) if motive else ""),
            (_("Révocation prévue par un incident"), found.recalled_for),
            (_("Responsable"), found.owner_name),
        ),
        links=(
            (_("La demande"), address(ORDER, found.order.number)),
            (_("Le certificat"), address(CERTIFICATE, found.serial_hex.replace(":", ""))),
            (_("La structure"), address(STRUCTURE, found.order.structure_id)),
        ),
        subjects=(f"product:{found.number}", f"order:{found.order.number}"),
    )


def _certificate(ref: str, at: datetime) -> Sheet:
    found = authority.certificate_of_serial(ref)
    product = overseen.product_of_certificate(found.id)
    links = [(_("L’autorité"), f"/gestion/autorites/{found.authority}/")]
    if product:
        links.append((_("Le produit"), address(PRODUCT, product)))
    state = "revoked" if found.revoked_at else "expired" if at >= found.not_after else "active"
    return Sheet(
        kind=_("Certificat"),
        title=_("Certificat %(serial)s") % {"serial": found.serial_hex},
        state=state,
        facts=(
            (_("Sujet"), found.subject),
            (_("Autorité"), found.authority),
            (_("Profil"), found.profile),
            (_("Valide à partir du"), found.not_before),
            (_("Fin de validité"), found.not_after),
            (_("Révoqué le"), found.revoked_at),
            (_("Raison"), found.reason),
            (_("Empreinte du certificat (SHA-256)"), found.sha256),
            (_("Empreinte de la clé (SHA-256)"), found.spki_sha256),
        ),
        links=tuple(links),
        subjects=(f"certificate:{found.serial_hex}",),
    )


def _structure(ref: str, _at: datetime) -> Sheet:
    found = habilitations.structure(ref)
    return Sheet(
        kind=_("Structure"),
        title=found.legal_name,
        facts=(
            (_("Identifiant national"), found.national_id),
            (_("SIRET"), found.siret),
            (_("FINESS"), found.finess),
            (_("Département"), f"{found.department_name} ({found.department_number})"),
            (_("Activité"), found.naf_label),
            (_("Adresse"), found.address),
        ),
        links=((_("Ses demandes et ses produits"), f"{navigating.SEARCH}?q={found.national_id}"),),
        subjects=(f"structure:{found.national_id}",),
    )


def _person(ref: str, _at: datetime) -> Sheet:
    found = people.person(_uuid(ref))
    return Sheet(
        kind=_("Personne"),
        title=found.display_name,
        facts=(
            (_("Email"), found.email),
            (_("Identifiant national"), found.national_id),
            (_("Rôles"), list(found.roles)),
            (_("Compte ouvert"), _("oui") if found.is_active else _("non")),
            (_("Créé le"), found.created_at),
            (_("Dernière connexion"), found.last_login),
            (_("Cartes"), [f"{card.number} ({card.kind})" for card in found.cards]),
        ),
        subjects=(found.ref, *(f"card:{card.number}" for card in found.cards)),
        is_person=True,
    )


def _machine(ref: str, at: datetime) -> Sheet:
    found = machines.machine(_uuid(ref))
    return Sheet(
        kind=_("Automate"),
        title=found.name,
        state="active" if found.is_open(at) else "expired",
        facts=(
            (_("Structure"), found.scope.structure_id),
            (_("Créé le"), found.created_at),
            (_("Créé par"), found.created_by),
            (_("Fin"), found.ends_at),
            (_("Désactivé le"), found.disabled_at),
            (_("Dernier emploi"), found.last_used_at),
        ),
        links=((_("La structure"), address(STRUCTURE, found.scope.structure_id)),),
        subjects=(found.ref,),
    )


def _journal(ref: str, _at: datetime) -> Sheet:
    return Sheet(kind=_("Journal"), title=ref, subjects=(ref,))


MAKERS: Final[Mapping[str, tuple[Maker, Duty]]] = {
    ORDER: (_order, Duty.SEARCH),
    PRODUCT: (_product, Duty.SEARCH),
    CERTIFICATE: (_certificate, Duty.SEARCH),
    STRUCTURE: (_structure, Duty.SEARCH),
    PERSON: (_person, Duty.SEE_PEOPLE),
    MACHINE: (_machine, Duty.SEE_PEOPLE),
    JOURNAL: (_journal, Duty.SEE_JOURNAL),
}


def _number(ref: str) -> int:
    return int(ref) if ref.isascii() and ref.isdigit() and len(ref) <= 12 else 0


def _uuid(ref: str) -> UUID:
    """Raises Refusal(SHEET_UNKNOWN)."""
    try:
        return UUID(ref)
    except ValueError:
        raise Refusal(Code.SHEET_UNKNOWN) from None
