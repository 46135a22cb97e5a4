"""Who calls: the card whose certificate came with the TLS handshake. Cookies count for nothing."""

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from ninja.security.base import AuthBase

from guichet.domain.machines import Verb
from guichet.domain.refusals import Code, Refusal
from guichet.identities.access import actor_of_peer
from guichet.identities.actors import Actor

PORTAL = "portal"


class CardCertificate(AuthBase):
    """Client certificate of a card, on the card port alone."""

    openapi_type = "mutualTLS"
    openapi_description = "Certificate of a CPx card, presented to the card port."

    def __call__(self, request: HttpRequest) -> Actor:
        """The card's holder. Raises Refusal (API_CARD_REQUIRED on the portal, CARD_…)."""
        if request.META.get("guichet.listener", PORTAL) == PORTAL:
            raise Refusal(Code.API_CARD_REQUIRED, address=f"{settings.GUICHET.card_url}/api/v1/")
        return actor_of_peer(request)


def caller(request: HttpRequest, verb: Verb) -> Actor:
    """The actor that was recognised, who may do this. Raises Refusal(VERB_MISSING)."""
    actor = cast("Actor", request.auth)  # type: ignore[attr-defined]
    if actor.machine is not None and verb not in actor.machine.verbs:
        raise Refusal(Code.VERB_MISSING, verb=verb.value)
    return actor
