"""The rights of hospital and agency, opened as anybody's are: deposited, examined, decided by two.

What its certificates stand on can then be proved, as an evidence file does.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from guichet.demo.people import AGENCY, HOSPITAL, STRUCTURES, DemoPerson
from guichet.domain.catalogue.offers import Offer
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierAct
from guichet.domain.dossier.typed import ADMINISTRATORS, CHECKED
from guichet.domain.identifiers import Siret
from guichet.habilitations import registers
from guichet.habilitations.operations import deciding, depositing, drafting, instructing
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.structures import StructureFacts
from guichet.identities.actors import Actor
from guichet.identities.staff import staff

BY_DOSSIER: Final = frozenset({HOSPITAL, AGENCY})
"""Structures whose rights a dossier opens: those that somebody of the demo represents.

The laboratory's right is seeded, and its evidence says that nothing stands behind it.
"""
CARING: Final = frozenset({HOSPITAL})
SAYS: Final = {
    "structure.is_radiology": "no",
    "representative.quality": "legal-representative",
    "representative.phone": "01 42 00 00 01",
    "use.description": "Connexion de nos services aux téléservices de santé",
    "use.editor": "Éditeur de démonstration",
    "use.solution": "Dossier patient de démonstration",
    "terms": CHECKED,
    "accuracy": CHECKED,
}


def open_rights(structure_id: str, administrator: DemoPerson, at: datetime) -> int:
    """Have the representative deposit, and two instructors accept; the dossier's number.

    Raises Refusal where the demo's registers do not say what the dossier does.
    """
    facts = next(s for s in STRUCTURES if s.national_id == structure_id)
    applicant, (first, second) = _representative(), staff("instructor")[:2]
    siret = Siret.parse(facts.siret)
    number = drafting.begin(
        siret=siret, company=registers.company_of(siret), by=applicant, language="fr", at=at
    )
    texts = {**SAYS, **_about(facts), **_types(structure_id, administrator)}
    typed = drafting.save(number=number, changes=texts, by=applicant, at=at).typed
    (row,) = typed.ids(ADMINISTRATORS)
    named = {
        "card_number": administrator.card_number,
        "name": administrator.name,
        "phone": "01 42 00 00 02",
        "email": administrator.email,
    }
    changes = {f"{ADMINISTRATORS}.{row}.{name}": text for name, text in named.items()}
    drafting.save(number=number, changes=changes, by=applicant, at=at)
    depositing.deposit(number=number, by=applicant, at=at)
    instructing.take(number=number, by=first, at=at)
    types = frozenset(kind for kind in CertificateType if f"types.{kind.value}" in texts)
    choice = Choice(act=DossierAct.ACCEPT, rows=frozenset({row}), types=types)
    if not deciding.decide(number=number, choice=choice, by=first, at=at):
        deciding.approve(number=number, by=second, at=at)
    return number


def _representative() -> Actor:
    (found,) = staff("representative")
    return found


def _about(facts: StructureFacts) -> Mapping[str, str]:
    cares = "yes" if facts.national_id in CARING else "no"
    return {"structure.finess": facts.finess, "structure.cares_for_patients": cares}


def _types(structure_id: str, who: DemoPerson) -> Mapping[str, str]:
    """The boxes of the form that give what a person may order for a structure."""
    texts: dict[str, str] = {}
    for right in who.rights:
        if right.structure != structure_id:
            continue
        if right.offer == Offer.ORG:
            texts["types.org"] = CHECKED
        elif right.offer == Offer.PRO:
            texts |= {"types.pro": CHECKED, "types.pro_mail_domain": right.mail_domains[0]}
        else:
            texts |= {"types.serv_ssl": CHECKED, "types.ssl_domain": right.domains[0]}
            texts |= {"types.serv_mail": CHECKED, "types.serv_mail_domain": right.mail_domains[0]}
    return texts
