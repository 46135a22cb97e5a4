"""The whole declaration on paper, section by section as in the form."""

from collections.abc import Iterator
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet.domain.dossier.typed import ADMINISTRATORS, REPEATED, RPPS_RANKS, SINGLE, Typed
from guichet.habilitations.models import Attachment, Dossier, Revision
from guichet.habilitations.papers import words
from guichet.habilitations.queries import pieces
from guichet.habilitations.texts import LABELS, SECTIONS, Section, shown
from guichet.web.papers import Facts, Listed, Notice, Paper, Part, Prose
from guichet.web.states import shown as state_words

UNSAID = "—"
PLEDGES = "engagements"  # long sentences, each with its box


def write(row: Dossier, at: datetime) -> Paper:
    """Every field with what was deposited last; a draft says that it is one."""
    last = row.revisions.order_by("-n").first()
    typed = Typed.from_json(last.content if last else row.draft)
    sections = (part for section in SECTIONS for part in _section(section, typed))
    return Paper(
        title=_("Dossier de déclaration"),
        subtitle=words.title_of_procedure(),
        reference=_("Dossier n° %(number)s") % {"number": row.number},
        parts=(*_warnings(row, last), _life(row), _company(row), *sections, *_pieces(row, last)),
        proof=words.proof(last.code, last.sha256) if last else None,
        issuer=words.issuer(),
        footer=words.footer(),
        language=row.language,
        at=at,
    )


def _warnings(row: Dossier, last: Revision | None) -> Iterator[Notice]:
    if last is None:
        yield Notice(
            _("Brouillon"), _("Ce dossier n’est pas déposé : il n’a aucune valeur."), "warning"
        )
    elif row.draft_differs:
        yield Notice(
            _("Modifications non déposées"),
            _("Le formulaire a changé depuis ce dépôt ; ce document montre ce qui est déposé."),
            "warning",
        )


def _life(row: Dossier) -> Facts:
    state = state_words(row.state)
    rows = (
        (_("État"), str(state.label) if state else row.state),
        (_("Déposé le"), words.moment(row.filed_at) if row.filed_at else ""),
        (_("En instruction depuis le"), words.moment(row.taken_at) if row.taken_at else ""),
        (_("Terminé le"), words.moment(row.decided_at) if row.decided_at else ""),
    )
    return Facts(_("Dossier"), tuple((term, value) for term, value in rows if value))


def _company(row: Dossier) -> Facts:
    """What the registers said of the SIRET when it was chosen (deck: Identité du demandeur)."""
    told = row.company
    created_on = told.get("created_on", "")
    rows = (
        (_("SIRET"), words.siret(row.siret)),
        (_("Dénomination"), told.get("legal_name", "")),
        (_("Forme juridique"), told.get("legal_form", "")),
        (_("Libellé NAF"), told.get("naf_label", "")),
        (_("Code NAF"), told.get("naf_code", "")),
        (_("Date de création"), _day(created_on)),
        (_("Effectif de l’organisation (INSEE)"), told.get("headcount", "")),
        (_("Numéro de TVA intracommunautaire"), told.get("vat_number", "")),
        (_("Adresse"), told.get("address", "")),
    )
    return Facts(_("Identité du demandeur"), tuple((term, value or UNSAID) for term, value in rows))


def _section(section: Section, typed: Typed) -> Iterator[Part]:
    if section.key == PLEDGES:
        said = (f"{shown(p, typed.get(p))} – {LABELS[p]}" for p in section.patterns)
        yield Prose(str(section.title), tuple(said))
        return
    rows = [
        (str(LABELS[path]), shown(path, typed.get(path)) or UNSAID)
        for path in section.patterns
        if path in SINGLE and path != "siret"
    ]
    title = str(section.title)
    if rows:
        yield Facts(title, tuple(rows))
        title = ""
    for block in (RPPS_RANKS, ADMINISTRATORS):
        if block in section.patterns and typed.ids(block):
            yield _block(title, block, typed)


def _block(title: str, block: str, typed: Typed) -> Listed:
    names = REPEATED[block]
    return Listed(
        title,
        tuple(str(LABELS[f"{block}.{name}"]) for name in names),
        tuple(
            tuple(typed.get(f"{block}.{row}.{name}") or UNSAID for name in names)
            for row in typed.ids(block)
        ),
    )


def _pieces(row: Dossier, last: Revision | None) -> Iterator[Listed]:
    kinds = {Attachment.MANDATE: _("Mandat"), Attachment.SUPPORTING: _("Justificatif")}
    found = pieces.deposited(pieces.every(row), last.deposited_at if last else None)
    rows = tuple(
        (kinds[file.kind], words.day(file.sent_at), file.name) for file in found if not file.is_lost
    )
    if rows:
        yield Listed(_("Pièces jointes"), (_("Nature"), _("Jointe le"), _("Nom")), rows)


def _day(iso: str) -> str:
    return date_format(date.fromisoformat(iso), "j F Y") if iso else ""
