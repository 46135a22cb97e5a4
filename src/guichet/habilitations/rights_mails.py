"""The e-mails about rights, renewals, delegations and domains, in the caller's transaction."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from guichet.habilitations.models import Structure
from guichet.habilitations.queries.people import Person
from guichet.notifications import operations as notifications
from guichet.notifications.mails import Mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something to tell: `key` tells one occasion from another, and each is told once a person."""

    template: str
    structure: Structure
    key: str
    at: datetime
    context: Mapping[str, Any] = field(default_factory=dict)


def about(national_id: str) -> str:
    """How the journal and the outbox name a structure."""
    return f"structure:{national_id}"


def tell(people: Iterable[Person], occasion: Occasion) -> int:
    """Write to each of these people, apart; returns how many addresses there were."""
    addressed = {email: person for person in people for email in person.emails}
    mails = [_mail(email, person, occasion) for email, person in addressed.items()]
    notifications.enqueue_all(mails=mails, at=occasion.at)
    return len(addressed)


def _mail(email: str, person: Person, occasion: Occasion) -> Mail:
    structure = occasion.structure
    facts = {"legal_name": structure.legal_name, "national_id": structure.national_id}
    subject = about(structure.national_id)
    reader = hashlib.sha256(email.encode()).hexdigest()[:12]
    return Mail(
        to=(email,),
        template=f"habilitations/mail/{occasion.template}",
        context={"structure": facts, "reader": person.name, **occasion.context},
        language=person.language,
        about=subject,
        dedupe_key=f"{subject}:{occasion.template}:{occasion.key}:{reader}",
    )
