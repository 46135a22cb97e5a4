"""What the registers said of an establishment, as pairs for a page (deck, "Informations…")."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

ANNUAIRE = "https://annuaire-entreprises.data.gouv.fr/etablissement/"


def company_pairs(company: Mapping[str, Any], siret: str) -> list[tuple[str, str]]:
    """Every field of the deck's page, in its order; what is not known is left empty."""
    tell = company.get
    return [
        (_("Siret"), siret),
        (_("Dénomination"), tell("legal_name", "")),
        (_("Enseigne"), tell("sign", "")),
        (_("Forme juridique"), tell("legal_form", "")),
        (_("Libellé NAF"), tell("naf_label", "")),
        (_("Code NAF"), tell("naf_code", "")),
        (_("Date de création"), _day(tell("created_on", ""))),
        (_("Effectif de l’organisation (INSEE)"), tell("headcount", "")),
        (_("Numéro de TVA intracommunautaire"), tell("vat_number", "")),
        (_("Adresse"), tell("address", "")),
        (_("Capital social"), tell("share_capital", "")),
        (_("Chiffre d’affaires"), tell("turnover", "")),
        (_("Siège social"), _yes_or_no(company.get("is_head_office"))),
        (_("État administratif"), _state(company)),
    ]


def _day(text: str) -> str:
    return date_format(date.fromisoformat(text)) if text else ""


def _yes_or_no(value: object) -> str:
    return "" if value is None else (_("Oui") if value else _("Non"))


def _state(company: Mapping[str, Any]) -> str:
    if company.get("answer") == "open":
        return _("Ouvert")
    if company.get("answer") != "closed":
        return ""
    since = _day(company.get("closed_on", ""))
    return _("Fermé depuis le %(day)s") % {"day": since} if since else _("Fermé")
