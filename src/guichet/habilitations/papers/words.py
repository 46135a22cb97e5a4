"""What the papers of a dossier have in common: dates, parties, types, how to verify."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from guichet.domain.dossier.typed import ADMINISTRATORS, Typed
from guichet.habilitations import mails
from guichet.habilitations.models import Dossier
from guichet.habilitations.texts import LABELS, QUALITIES
from guichet.notifications.operator import operator
from guichet.web.drawn import moment_words
from guichet.web.papers import Facts, Listed, Proof

NAMES = {
    "types.org": (),
    "types.serv_ssl": ("types.ssl_domain", "types.ssl_server"),
    "types.serv_mail": ("types.serv_mail_domain",),
    "types.pro": ("types.pro_mail_domain",),
}
USAGES = {
    "types.org": "AUTH_CLI, SIGN, CONF",
    "types.serv_ssl": "SSL_SERV",
    "types.serv_mail": "SMIME, SIGN, CONF",
    "types.pro": "AUTH, SIGN, CONF",
}


def title_of_procedure() -> str:
    """The procedure, as the deck names it."""
    return _(
        "F413 – Déclaration des administrateurs techniques autorisés à commander des "
        "certificats logiciels"
    )


def moment(at: datetime) -> str:
    """An instant in Paris, as people write it: "15 juin 2022 à 12 h 36"."""
    return moment_words(at)


def day(at: datetime) -> str:
    """A day in Paris: "15 juin 2022"."""
    return moment_words(at, "day")


def issuer() -> str:
    """Who issues the paper."""
    return operator().name


def footer() -> str:
    """How to reach the issuer."""
    found = operator()
    reached = (found.address, found.email, found.phone)
    return "\n".join((found.name, " – ".join(text for text in reached if text)))


def proof(code: str, sha256: str) -> Proof:
    """The code and where to verify it."""
    path = reverse("habilitations:verified", args=[code])
    return Proof(code=code, url=f"{settings.GUICHET.portal_url}{path}", sha256=sha256)


def structure(row: Dossier, typed: Typed) -> Facts:
    """The structure, as the registers and the form tell it."""
    told = row.company
    postcode = typed.get("structure.postcode")
    ranks = [typed.get(f"rpps_ranks.{rank}.number") for rank in typed.ids("rpps_ranks")]
    rows = (
        (_("Raison sociale"), mails.legal_name(row)),
        (_("SIRET"), siret(row.siret)),
        (_("Forme juridique"), told.get("legal_form", "")),
        (_("Adresse"), told.get("address", "") or postcode),
        (_("FINESS géographique"), typed.get("structure.finess")),
        (_("RPPS rang"), "\n".join(rank for rank in ranks if rank)),
    )
    return Facts(_("Structure"), tuple((term, value) for term, value in rows if value))


def representative(typed: Typed) -> tuple[tuple[str, str], ...]:
    """Who engages the structure, and as what."""
    name = " ".join(
        typed.get(f"representative.{part}") for part in ("given_names", "surname")
    ).strip()
    quality = typed.get("representative.quality")
    shown = next((str(label) for known, label in QUALITIES.items() if known == quality), "")
    return (
        (_("Demandeur"), name),
        (_("Qualité"), shown),
        (_("Email professionnel"), typed.get("representative.email")),
    )


def administrators(typed: Typed) -> Listed:
    """The administrators declared: name, card, e-mail."""
    names = ("name", "card_number", "email")
    rows = tuple(
        tuple(typed.get(f"{ADMINISTRATORS}.{row}.{name}") for name in names)
        for row in typed.ids(ADMINISTRATORS)
    )
    columns = (_("Nom et prénom(s)"), _("N° de carte"), _("Email professionnel"))
    return Listed(_("Administrateurs techniques déclarés"), columns, rows)


def types(typed: Typed) -> Facts:
    """The types of certificates asked for, with their names."""
    rows = []
    for path, names in NAMES.items():
        if typed.has(path):
            limited = [typed.get(name) for name in names if typed.get(name)]
            rows.append((str(LABELS[path]), "\n".join((USAGES[path], *limited))))
    return Facts(_("Types de certificats demandés"), tuple(rows))


def siret(digits: str) -> str:
    """A SIRET in the groups that people read."""
    return f"{digits[:3]} {digits[3:6]} {digits[6:9]} {digits[9:]}"
