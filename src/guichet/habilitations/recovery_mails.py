"""The e-mails of a recovery: to the owner, the representatives and whoever asks, each apart."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from guichet.habilitations import mails
from guichet.habilitations.models import Dossier, Recovery
from guichet.habilitations.queries import people
from guichet.identities import holders


def announce(found: Recovery, tokens: tuple[str, str], asker: str, at: datetime) -> int:
    """Tell the owner and the representatives, each by their link; how many addresses there were.

    `tokens`: the owner's, then the representatives'. `asker` is the address of who asks.
    """
    owner, others = _address_of(found.former_owner_id), representatives(found)
    context = {"by": found.asked_by, "email": asker, "due": found.due_at, "siret": found.siret}
    _tell(found, "recovery-asked", owner, at, {**context, "token": tokens[0]})
    _tell(found, "recovery-announced", others, at, {**context, "token": tokens[1]})
    return len(owner) + len(others)


def tell_end(found: Recovery, at: datetime) -> None:
    """Tell everybody how it ended: taken over, refused, given up, lapsed."""
    context = {"by": found.asked_by, "end": found.state}
    everybody = (*_address_of(found.former_owner_id), *representatives(found))
    _tell(found, "recovery-over", everybody, at, context)
    _tell(found, "recovery-answered", _address_of(found.account_id), at, context)


def representatives(found: Recovery) -> tuple[str, ...]:
    """Addresses of who represents the establishment, neither the owner's nor the asker's."""
    row = found.dossier
    known = [who.emails for who in people.representatives_at(found.siret)]
    emails = [email for several in known for email in several] + _declared(row)
    taken = {*_address_of(found.former_owner_id), *_address_of(found.account_id)}
    return tuple(dict.fromkeys(email for email in emails if email not in taken))


def _declared(row: Dossier) -> list[str]:
    last = row.revisions.order_by("-n").first()
    email = last.content.get("texts", {}).get("representative.email", "") if last else ""
    return [email.strip()] if email.strip() else []


def _address_of(account_id: int) -> tuple[str, ...]:
    return tuple(who.email for who in holders.contacts([account_id]) if who.email)


def _tell(
    found: Recovery, template: str, to: Iterable[str], at: datetime, context: Mapping[str, Any]
) -> None:
    """One e-mail for each address: nobody reads another's, nor follows another's link."""
    for email in to:
        reader = hashlib.sha256(email.encode()).hexdigest()[:12]
        mails.tell(found.dossier, [email], template, f"{found.pk}:{reader}", at, context)
