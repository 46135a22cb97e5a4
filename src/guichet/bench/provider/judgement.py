"""Which requirement of Pro Santé Connect a call does not meet, for its developer to read."""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from authlib.oauth2 import OAuth2Error

from guichet.bench.diagnosis import diagnose
from guichet.bench.provider.associations import Service
from guichet.domain.refusals import Code, Objection
from guichet.identities.peer import PeerTls
from guichet.identities.trust import TrustFolder
from guichet.web.refusal_texts import explain

DIAGNOSTIC_HEADER: Final = "Guichet-Diagnostic"
REQUIREMENTS: Final[Mapping[Code, str]] = {
    Code.PSC_CLIENT_UNKNOWN: "EXI_PSC_22",
    Code.PSC_SECRET_WRONG: "EXI_PSC_22",
    Code.PSC_SECRET_EXPOSED: "EXI_PSC_22",
    Code.PSC_TOKEN_BOUND: "RFC 8705",
}
USUAL: Final = "EXI_PSC_24"
TOLD: Final = (*REQUIREMENTS, Code.PSC_NOT_ASSOCIATED, *(c for c in Code if c.startswith("bench-")))


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a call says of its client, besides the certificate; empty where it says nothing."""

    client_id: str
    secret: str
    is_exposed: bool


def requirement(code: Code) -> str:
    """The requirement behind a refusal: of the deck, or of the RFC that binds tokens."""
    return REQUIREMENTS.get(code, USUAL)


def thumbprint(peer: PeerTls | None) -> str:
    """x5t#S256 of the certificate presented (RFC 8705 §3.1); empty where there is none."""
    if peer is None or not peer.chain:
        return ""
    return x5t(peer.chain[0])


def x5t(certificate_der: bytes) -> str:
    """x5t#S256 of a certificate: base64url without its padding (RFC 7515 §4.1.8)."""
    digest = hashlib.sha256(certificate_der).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def certificate_objections(
    peer: PeerTls | None, published: TrustFolder, at: datetime
) -> tuple[Objection, ...]:
    """What is wrong with the certificate whoever presents it: EXI_PSC_24."""
    return diagnose(peer, published, at).objections


def client_objections(
    service: Service | None, given: Credentials, thumbprint: str, at: datetime
) -> tuple[Objection, ...]:
    """What is wrong between a certificate that holds and the client it speaks for."""
    named = (("client_id", given.client_id),)
    if service is None:
        return (Objection(Code.PSC_CLIENT_UNKNOWN, named),)
    found: list[Objection] = []
    if not service.owns(thumbprint, at):
        found.append(Objection(Code.PSC_NOT_ASSOCIATED, named))
    if given.is_exposed:
        found.append(Objection(Code.PSC_SECRET_EXPOSED))
    if given.secret and service.secret_sha256 and not _is_secret(service, given.secret):
        found.append(Objection(Code.PSC_SECRET_WRONG))
    return tuple(found)


def _is_secret(service: Service, secret: str) -> bool:
    digest = hashlib.sha256(secret.encode()).hexdigest()
    return secrets.compare_digest(digest, service.secret_sha256)


class Diagnosed(OAuth2Error):  # type: ignore[misc]  # noqa: N818 an answer, not a fault of ours
    """An error of OAuth 2 with its diagnosis, in a header and in the body.

    RFC 6749 §5.2, RFC 6750 §3.1. `error` is invalid_client or invalid_token; where the status of
    the certificate cannot be told it becomes temporarily_unavailable, for the fault is ours.
    """

    def __init__(self, error: str, objections: Iterable[Objection], *, pages: str) -> None:
        self.objections = tuple(objections)
        is_ours = any(o.code is Code.BENCH_STATUS_UNAVAILABLE for o in self.objections)
        super().__init__(
            error="temporarily_unavailable" if is_ours else error,
            description=self.summary,
            uri=f"{pages}{self.objections[0].code}",
            status_code=503 if is_ours else 401,
        )

    @property
    def summary(self) -> str:
        """The value of the header: each requirement with the code of its refusal."""
        return ", ".join(f"{requirement(o.code)}; code={o.code}" for o in self.objections)

    def get_body(self) -> list[tuple[str, Any]]:
        """The body of the error, with the diagnosis in the active language."""
        return [*super().get_body(), ("guichet_diagnostic", [*map(told, self.objections)])]

    def get_headers(self) -> list[tuple[str, str]]:
        """401 names a scheme (RFC 9110 §15.5.2)."""
        headers = [*super().get_headers(), (DIAGNOSTIC_HEADER, self.summary)]
        if self.status_code == 401:
            scheme = "Bearer" if self.error == "invalid_token" else "Basic"
            headers.append(("WWW-Authenticate", f'{scheme} realm="psc", error="{self.error}"'))
        return headers

    def __call__(self, uri: str | None = None) -> tuple[int, Any, list[tuple[str, str]]]:
        """As authlib answers an error; the address of its page is its own."""
        return self.status_code, dict(self.get_body()), self.get_headers()


def told(objection: Objection) -> dict[str, str]:
    """One objection in the active language."""
    words = explain(objection)
    return {
        "requirement": requirement(objection.code),
        "code": objection.code.value,
        "title": words.title,
        "detail": words.detail,
        "remedy": words.remedy,
    }
