"""The e-mails that tell of roles and emergencies: to the person, and to who watches them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from guichet.domain.access.roles import held
from guichet.domain.duties import AUDITOR, CA_OFFICER, CARRIED_BY, SUPERVISOR, Duty
from guichet.identities.actors import Actor
from guichet.identities.models import Account, EmergencyAccess, RoleRequest, holds
from guichet.identities.words import ROLES
from guichet.notifications import operations as notifications

WATCHING: Final = frozenset({SUPERVISOR, CA_OFFICER, AUDITOR})


def tell_asked(row: RoleRequest, by: Actor, at: datetime) -> None:
    """Write to those who may approve it."""
    approvers = _holders(CARRIED_BY[Duty.ASK_ROLES], at)
    concerned = {*by.accounts, row.account_id}
    others = (one for one in approvers if one.pk not in concerned)
    page = _page("backoffice:role-request", row.pk)
    _write(others, "role-asked", str(row), at, {**_of_request(row), "by": by.label, "page": page})


def tell_decided(row: RoleRequest, by: Actor, at: datetime) -> None:
    """Write to the person whose role it is, to who asked, and to the auditors."""
    told = {one.pk: one for one in (row.account, row.asked_by, *_holders({AUDITOR}, at))}
    page = _page("backoffice:access")
    context = {
        **_of_request(row),
        "by": by.label,
        "page": page,
        "given": row.state == "approved",
        "note": row.note,
    }
    _write(told.values(), "role-decided", str(row), at, context)


def tell_emergency(row: EmergencyAccess, by: str, at: datetime, *, ended: bool = False) -> None:
    """Write to supervisors, officers and auditors, and to who opened it; `by` is a label."""
    told = {one.pk: one for one in (row.account, *_holders(WATCHING, at))}
    context = {
        "person": row.account.display_name,
        "by": by,
        "role_key": row.role,
        "why": row.why,
        "ends_at": row.ends_at,
        "page": _page("backoffice:emergencies"),
    }
    template = "emergency-ended" if ended else "emergency-opened"
    _write(told.values(), template, str(row), at, context)


def _of_request(row: RoleRequest) -> dict[str, Any]:
    return {
        "person": row.account.display_name,
        "role_key": row.role,
        "gives": row.gives,
        "why": row.why,
        "until": row.until,
    }


def _holders(roles: Iterable[str], at: datetime) -> Iterator[Account]:
    """The open accounts that hold one of these roles for good, by name."""
    wanted = frozenset(roles)
    named = reduce(or_, (holds(role) for role in sorted(wanted)), Q(pk=None))
    for one in Account.objects.filter(named, is_active=True).order_by("display_name", "pk"):
        if wanted & held(one.roles, one.role_ends, at):
            yield one


def _write(
    people: Iterable[Account], template: str, about: str, at: datetime, context: Mapping[str, Any]
) -> None:
    """An e-mail to each, in their own language."""
    mails = [
        notifications.Mail(
            to=(one.email,),
            template=f"identities/mail/{template}",
            context={**context, "name": one.display_name, "role": ROLES[context["role_key"]]},
            language=one.language,
            about=about,
            dedupe_key=f"{about}:{template}:{one.pk}:{at.isoformat()}",
        )
        for one in people
    ]
    notifications.enqueue_all(mails=mails, at=at)


def _page(name: str, *arguments: int) -> str:
    path = reverse(name, args=arguments, urlconf="guichet.conf.urls")
    return f"{settings.GUICHET.portal_url}{path}"
