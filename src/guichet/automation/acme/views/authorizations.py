"""Authorizations and their challenges."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guichet.automation.acme import authorizing, challenges, replies
from guichet.automation.acme.addresses import url
from guichet.automation.acme.problems import Problem
from guichet.automation.acme.receiving import Asked, by_account, own, unknown
from guichet.automation.models import AcmeAuthorization, AcmeChallenge
from guichet.domain.acme.states import ChallengeStatus

POLL_S: Final = 3


@by_account
def authorization(request: HttpRequest, asked: Asked, key: UUID) -> HttpResponse:
    """Show an authorization, or give it up (RFC 8555 §7.5, §7.5.2)."""
    rows = AcmeAuthorization.objects.select_related("account")
    row: AcmeAuthorization = own(rows.filter(key=key).first(), asked.account)
    if not asked.is_get:
        if asked.content().get("status") != "deactivated":
            raise Problem("malformed", _("Une autorisation ne peut être qu’abandonnée."))
        row = authorizing.deactivate(row, asked.actor, asked.at)
        return replies.answer(replies.authorization(row, asked.at))
    waiting = challenges.processing_of(row)
    if waiting is not None:
        waiting = challenges.advance(waiting, asked.actor, asked.at)
        row.refresh_from_db()
    return _told(replies.answer(replies.authorization(row, asked.at)), waiting)


@by_account
def challenge(request: HttpRequest, asked: Asked, key: UUID) -> HttpResponse:
    """Show a challenge, or say that it is ready to be checked (RFC 8555 §7.5.1)."""
    rows = AcmeChallenge.objects.select_related("authorization__account")
    row = rows.filter(key=key).first()
    if row is None or row.authorization.account_id != asked.account.pk:
        raise unknown()
    if asked.is_get:
        row = challenges.advance(row, asked.actor, asked.at)
    else:
        asked.content()
        row = challenges.answer(row, asked.actor, asked.at)
    response = _told(replies.answer(replies.challenge(row)), row)
    response["Link"] = f'<{url("authorization", row.authorization.key)}>;rel="up"'
    return response


def _told(response: HttpResponse, row: AcmeChallenge | None) -> HttpResponse:
    """A client asks again while the answer is being looked for."""
    if row is not None and row.status == ChallengeStatus.PROCESSING.value:
        response["Retry-After"] = str(POLL_S)
    return response
