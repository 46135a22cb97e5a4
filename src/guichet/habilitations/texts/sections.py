"""The sections of the form, in the order of the deck, and what each holds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from guichet.habilitations.texts.fields import MANDATE, SUPPORTING, pattern_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: its anchor, its title, what it opens with, the patterns it holds."""

    key: str
    title: "_StrPromise"
    short: "_StrPromise"
    lead: "_StrPromise"
    patterns: tuple[str, ...]
    is_optional: bool = False


SECTIONS: Final = (
    Section(
        "structure",
        _("Identification de la structure bénéficiaire"),
        _("Structure"),
        _(
            "Les éléments demandés ci-dessous concernent la structure pour laquelle seront "
            "désignés des administrateurs techniques."
        ),
        (
            "siret",
            "structure.legal_name",
            "structure.postcode",
            "structure.cares_for_patients",
            "structure.finess",
            "structure.is_radiology",
            "rpps_ranks",
            "rpps_ranks.number",
        ),
    ),
    Section(
        "representant",
        _("Identification du représentant légal ou du mandataire ou titulaire du cabinet"),
        _("Représentant"),
        _("La personne qui engage la structure : c’est elle qui dépose ce dossier."),
        (
            "representative.quality",
            MANDATE,
            "representative.surname",
            "representative.given_names",
            "representative.phone",
            "representative.email",
            "representative.card_number",
        ),
    ),
    Section(
        "administrateurs",
        _("Déclaration des administrateurs techniques"),
        _("Administrateurs"),
        _(
            "Vous pouvez désigner un ou plusieurs administrateurs techniques. Chacun est reconnu "
            "par sa propre carte."
        ),
        (
            "administrators",
            "administrators.card_number",
            "administrators.name",
            "administrators.phone",
            "administrators.email",
        ),
    ),
    Section(
        "usage",
        _("Usage des certificats et solution utilisée"),
        _("Usage et solution"),
        _("Décrivez dans les champs ci-dessous le contexte d’utilisation des certificats."),
        ("use.description", "use.editor", "use.solution"),
    ),
    Section(
        "certificats",
        _("Sélection des certificats"),
        _("Certificats"),
        _(
            "Cochez les types de certificats souhaités et remplissez les informations "
            "complémentaires associées."
        ),
        (
            "types.org",
            "types.serv_ssl",
            "types.ssl_domain",
            "types.ssl_server",
            "types.serv_mail",
            "types.serv_mail_domain",
            "types.pro",
            "types.pro_mail_domain",
        ),
    ),
    Section(
        "pieces",
        _("Pièces justificatives"),
        _("Pièces"),
        _(
            "Cette partie est facultative : joignez ici ce qui aide l’instruction, par exemple un "
            "acte de nomination ou un extrait de statuts."
        ),
        (SUPPORTING,),
        is_optional=True,
    ),
    Section(
        "engagements",
        _("Acceptation des CGU"),
        _("CGU et exactitude"),
        _("Relisez votre demande avant de cocher ces deux cases."),
        ("terms", "accuracy"),
    ),
)
_SECTION_OF: Final = {pattern: s.key for s in SECTIONS for pattern in s.patterns}


def section_of(path: str) -> str:
    """The key of the section that holds a path; the first one for a path of none."""
    return _SECTION_OF.get(pattern_of(path), SECTIONS[0].key)
