"""The e-mails of a dossier's life, in the caller's transaction.

What is told to the applicant stands in the dossier's messages too, as the deck shows it
("Email automatique"); what is told to others is an e-mail alone.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from guichet.habilitations.models import Dossier, Message
from guichet.identities import queries as identities
from guichet.notifications import operations as notifications
from guichet.notifications.mails import Mail, render

PAPERS: Final = {
    "deposited": "receipt",
    "changed": "receipt",
    "accept": "decision",
    "refuse": "decision",
    "close": "decision",
}


def about(number: int) -> str:
    """How the journal and the outbox name a dossier."""
    return f"dossier:{number}"


def dedupe_key(number: int, template: str, key: str) -> str:
    """How the outbox tells an occasion from another."""
    return f"{about(number)}:{template}:{key}"


def legal_name(row: Dossier) -> str:
    """The structure's name: the registers', else the one typed, else its SIRET."""
    typed = row.draft.get("texts", {}).get("structure.legal_name", "")
    return row.company.get("legal_name") or typed or row.siret


def tell_applicant(
    row: Dossier, template: str, key: str, at: datetime, context: Mapping[str, Any] | None = None
) -> Message:
    """Write an automatic message in the dossier and mail it to owner and representative.

    `key` tells one occasion from another: the same occasion is told once.
    """
    mail = _mail(row, applicants(row), template, key, context, _papers(row, template, key))
    written = render(mail)
    notifications.enqueue(mail=mail, at=at, rendered=written)
    return Message.objects.create(
        dossier=row,
        kind=Message.AUTOMATIC,
        from_staff=True,
        subject=written.subject,
        body=written.text,
        sent_at=at,
    )


def tell(
    row: Dossier,
    to: Sequence[str],
    template: str,
    key: str,
    at: datetime,
    context: Mapping[str, Any] | None = None,
) -> None:
    """Mail something about a dossier to others, once for each occasion; nobody is no fault."""
    if to:
        notifications.enqueue(mail=_mail(row, to, template, key, context), at=at)


def applicants(row: Dossier) -> tuple[str, ...]:
    """Addresses of the owner and of the representative declared, without repeats."""
    known = identities.contact(row.owner_id)
    last = row.revisions.order_by("-n").first()
    declared = last.content.get("texts", {}).get("representative.email", "") if last else ""
    found = (known[1] if known else "", declared.strip())
    return tuple(dict.fromkeys(address for address in found if address))


def _papers(row: Dossier, template: str, key: str) -> tuple[str, ...]:
    """What goes with an e-mail: the receipt of a deposit, the paper of a decision."""
    return (f"{PAPERS[template]}:{row.number}:{key}",) if template in PAPERS else ()


def _mail(
    row: Dossier,
    to: Sequence[str],
    template: str,
    key: str,
    context: Mapping[str, Any] | None,
    encloses: tuple[str, ...] = (),
) -> Mail:
    facts = {"number": row.number, "legal_name": legal_name(row)}
    return Mail(
        to=tuple(to)[:10],
        template=f"habilitations/mail/{template}",
        context={"dossier": facts, **(context or {})},
        language=row.language,
        about=about(row.number),
        dedupe_key=dedupe_key(row.number, template, key),
        encloses=encloses,
    )
