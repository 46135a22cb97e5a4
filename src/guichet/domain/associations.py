"""Services of a structure that call relying parties, and the certificates they present there.

A relying party such as Pro Santé Connect knows a service by its OAuth client identifier, and wants
the certificate of its mutual TLS to be one that is associated with it (EXI_PSC_24).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.catalogue.twins import Environment, environment_of
from guichet.domain.machine import Machine
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import visible

CLIENT_ID: Final = re.compile(r"[!-~]{3,100}")
URI_AT_MOST: Final = 500
URIS_AT_MOST: Final = 20
SERVICES_AT_MOST: Final = 200
ATTACHED_AT_MOST: Final = 20
NEAR: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class ServiceState(StrEnum):
    """Where a service stands; what is closed is published no more."""

    OPEN = "open"
    CLOSED = "closed"


class ServiceAct(StrEnum):
    """What happens to a service."""

    CHANGE = "change"
    CLOSE = "close"


SERVICES: Final = Machine[ServiceState, ServiceAct](
    {
        (ServiceState.OPEN, ServiceAct.CHANGE): ServiceState.OPEN,
        (ServiceState.OPEN, ServiceAct.CLOSE): ServiceState.CLOSED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A certificate that somebody would attach; `authority` is the code of who issued it."""

    offer: str
    usage: str
    authority: str
    not_after: datetime
    is_revoked: bool

    @property
    def environment(self) -> Environment:
        """That of the hierarchy it comes of."""
        return environment_of(self.authority)

    @property
    def is_of_kind(self) -> bool:
        """Whether a service may present it: offer ORG, usage AUTH_CLI."""
        return (self.offer, self.usage) == (Offer.ORG.value, Usage.AUTH_CLI.value)


def require_fit(candidate: Candidate, environment: Environment, at: datetime) -> None:
    """Go on when a service of this environment may present the certificate.

    Raises Refusal: ASSOCIATION_KIND, ASSOCIATION_NOT_LIVE, ASSOCIATION_ENVIRONMENT, each naming
    the field "product".
    """
    found: list[Objection] = []
    field = ("field", "product")
    if not candidate.is_of_kind:
        kind = f"{candidate.offer}/{candidate.usage}"
        found.append(Objection(Code.ASSOCIATION_KIND, (field, ("profile", kind))))
    if candidate.is_revoked or candidate.not_after <= at:
        found.append(Objection(Code.ASSOCIATION_NOT_LIVE, (field,)))
    if candidate.environment is not environment:
        found.append(
            Objection(Code.ASSOCIATION_ENVIRONMENT, (field, ("environment", environment.value)))
        )
    if found:
        raise Refusal(found[0].code, all=tuple(found))


def admit_client_id(text: str) -> str:
    """A client identifier: RFC 6749 appendix A.1, without spaces, of 3 to 100 characters.

    Raises Refusal(CLIENT_ID_INVALID).
    """
    typed = text.strip()
    if not CLIENT_ID.fullmatch(typed):
        raise Refusal(Code.CLIENT_ID_INVALID, field="client_id", text=visible(typed))
    return typed


def admit_uris(texts: Iterable[str], environment: Environment, field: str) -> tuple[str, ...]:
    """Redirect addresses, each once: RFC 6749 section 3.1.2, RFC 9700 section 2.1.

    They are absolute, of https, without fragment; http serves for this machine alone, and in TEST.
    Raises Refusal with every objection: REDIRECT_URI_INVALID, REDIRECT_URIS_TOO_MANY.
    """
    typed = tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(typed) > URIS_AT_MOST:
        raise Refusal(Code.REDIRECT_URIS_TOO_MANY, field=field, limit=URIS_AT_MOST)
    found = [
        Objection(Code.REDIRECT_URI_INVALID, (("field", field), ("text", visible(text))))
        for text in typed
        if not _is_redirect(text, environment)
    ]
    if found:
        raise Refusal(found[0].code, all=tuple(found))
    return typed


def _is_redirect(text: str, environment: Environment) -> bool:
    if not (text.isascii() and text.isprintable()) or " " in text or len(text) > URI_AT_MOST:
        return False
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or port == 0 or "#" in text or "*" in text or "@" in parts.netloc:
        return False
    is_near = host in NEAR and environment is Environment.TEST
    return parts.scheme == "https" or (parts.scheme == "http" and is_near)
