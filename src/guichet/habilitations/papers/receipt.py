"""The receipt of a deposit (attestation de dépôt)."""

from django.utils.translation import gettext as _

from guichet.domain.dossier.typed import Typed
from guichet.habilitations.models import Dossier, Revision
from guichet.habilitations.papers import words
from guichet.identities import queries as identities
from guichet.web.papers import Facts, Notice, Paper


def write(row: Dossier, revision: Revision) -> Paper:
    """What was deposited, by whom and when, with what proves it."""
    typed = Typed.from_json(revision.content)
    return Paper(
        title=_("Attestation de dépôt"),
        subtitle=words.title_of_procedure(),
        reference=_("Dossier n° %(number)s, dépôt n° %(n)s")
        % {"number": row.number, "n": revision.n},
        parts=(
            _deposit(row, revision, typed),
            words.structure(row, typed),
            words.administrators(typed),
            words.types(typed),
            _use(typed),
            _next(),
        ),
        proof=words.proof(revision.code, revision.sha256),
        issuer=words.issuer(),
        footer=words.footer(),
        language=row.language,
        at=revision.deposited_at,
    )


def _deposit(row: Dossier, revision: Revision, typed: Typed) -> Facts:
    owner = identities.contact(row.owner_id)
    rows = (
        (_("Déposé le"), words.moment(revision.deposited_at)),
        (_("Déposé par"), revision.deposited_by),
        (_("Email du déposant"), owner[1] if owner else ""),
        *words.representative(typed),
        (_("Conditions générales acceptées"), revision.terms_version),
    )
    return Facts(_("Dépôt"), tuple((term, value) for term, value in rows if value))


def _use(typed: Typed) -> Facts:
    rows = (
        (_("Usage des certificats"), typed.get("use.description")),
        (_("Éditeur de la solution"), typed.get("use.editor")),
        (_("Solution utilisée"), typed.get("use.solution")),
    )
    return Facts(_("Usage et solution"), tuple((term, value) for term, value in rows if value))


def _next() -> Notice:
    return Notice(
        _("Quelles sont les prochaines étapes ?"),
        _(
            "Tant que le dossier n’est pas en instruction, vous pouvez encore y apporter des "
            "modifications. Le demandeur est informé de la décision ; les administrateurs "
            "techniques habilités peuvent ensuite générer et retirer les certificats, à l’aide "
            "de leur carte CPx ou e-CPS."
        ),
    )
