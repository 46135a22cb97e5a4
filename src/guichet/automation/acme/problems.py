"""What goes wrong, as the problem documents of RFC 8555 §6.7."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.http import JsonResponse

from guichet.domain.refusals import Code, Objection, Refusal
from guichet.web.refusal_texts import explain

NAMESPACE: Final = "urn:ietf:params:acme:error:"
CONTENT_TYPE: Final = "application/problem+json"
RETRY_S: Final = 3600
BUSY_S: Final = 120
CSR: Final = "badCSR"
UNAUTHORIZED: Final = "unauthorized"
REJECTED: Final = "rejectedIdentifier"
MALFORMED: Final = "malformed"
LIMITED: Final = "rateLimited"
INTERNAL: Final = "serverInternal"

TYPES: Final[Mapping[Code, str]] = {
    Code.RIGHT_MISSING: UNAUTHORIZED,
    Code.VERB_MISSING: UNAUTHORIZED,
    Code.MACHINE_UNKNOWN: UNAUTHORIZED,
    Code.MACHINE_DISABLED: UNAUTHORIZED,
    Code.CREDENTIAL_WRONG: UNAUTHORIZED,
    Code.STRUCTURE_UNKNOWN: UNAUTHORIZED,
    Code.RIGHT_DOMAIN: REJECTED,
    Code.RIGHT_SERVICE: REJECTED,
    Code.DOMAIN_NAME_INVALID: REJECTED,
    Code.DOMAIN_NAME_PUBLIC_SUFFIX: REJECTED,
    Code.NAME_INVALID: REJECTED,
    Code.NAME_TOO_LONG: REJECTED,
    Code.ACME_IDENTIFIERS_SEVERAL: REJECTED,
    Code.ACME_IDENTIFIER_UNSUPPORTED: "unsupportedIdentifier",
    Code.ACME_PROFILE_UNFIT: "invalidProfile",
    Code.PROFILE_UNKNOWN: "invalidProfile",
    Code.ACME_CSR_NAMES: CSR,
    Code.KEY_TOO_OLD: CSR,
    Code.KEY_NOT_RENEWABLE: CSR,
    Code.TOO_MANY_TRIES: LIMITED,
    Code.ALREADY_REVOKED: "alreadyRevoked",
    Code.REVOCATION_REASON_INVALID: "badRevocationReason",
    Code.RENEWAL_PENDING: "alreadyReplaced",
    Code.SIGNING_BUSY: INTERNAL,
    Code.SIGNING_FAILED: INTERNAL,
    Code.AUTHORITY_NOT_ISSUING: INTERNAL,
}
OF_THE_REQUEST: Final = ("csr-", "key-")
STATUSES: Final[Mapping[str, int]] = {
    UNAUTHORIZED: HTTPStatus.FORBIDDEN,
    REJECTED: HTTPStatus.FORBIDDEN,
    LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
    INTERNAL: HTTPStatus.SERVICE_UNAVAILABLE,
    "alreadyReplaced": HTTPStatus.CONFLICT,
}


@dataclass(frozen=True, slots=True)
class Subproblem:
    """One thing that is wrong; `identifier` where one of several is at fault (RFC 8555 §6.7.1)."""

    type: str
    detail: str
    identifier: Mapping[str, str] | None = None

    def member(self) -> dict[str, Any]:
        """As it is written."""
        found: dict[str, Any] = {"type": NAMESPACE + self.type, "detail": self.detail}
        if self.identifier is not None:
            found["identifier"] = dict(self.identifier)
        return found


class Problem(Exception):  # noqa: N818 an answer to the client, not a fault of ours
    """An answer that says what is wrong: `type` without its prefix, `detail` for people."""

    def __init__(
        self,
        type: str,  # noqa: A002 the member's name
        detail: str,
        status: int = HTTPStatus.BAD_REQUEST,
        *,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(type)
        self.type = type
        self.detail = detail
        self.status = int(status)
        self.members: Mapping[str, Any] = members or {}
        self.headers: Mapping[str, str] = headers or {}

    def document(self) -> dict[str, Any]:
        """The problem document."""
        kind = NAMESPACE + self.type
        return {"type": kind, "detail": self.detail, "status": self.status, **self.members}


def type_of(code: Code) -> str:
    """The ACME error that says a refusal."""
    found = TYPES.get(code)
    if found is not None:
        return found
    return CSR if code.value.startswith(OF_THE_REQUEST) else MALFORMED


def problem_of(refusal: Refusal, identifier: Mapping[str, str] | None = None) -> Problem:
    """A refusal in ACME's words: its own type, its stable code, and all objections.

    `identifier` is what the request was about: each objection is then a subproblem about it.
    """
    first = explain(refusal.all[0])
    kind = type_of(refusal.code)
    status = STATUSES.get(kind) or (first.status if first.status in {404, 409} else 400)
    members: dict[str, Any] = {"code": refusal.code.value, "title": first.title}
    told = [_subproblem(objection, identifier) for objection in refusal.all]
    if len(told) > 1 or told[0].identifier is not None:
        members["subproblems"] = [one.member() for one in told]
    headers = {}
    if kind in {LIMITED, INTERNAL}:
        headers["Retry-After"] = str(RETRY_S if kind == LIMITED else BUSY_S)
    return Problem(kind, f"{first.detail} {first.remedy}", status, members=members, headers=headers)


def response(found: Problem) -> JsonResponse:
    """The answer that a problem is."""
    answer = JsonResponse(
        found.document(),
        status=found.status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )
    for name, value in found.headers.items():
        answer[name] = value
    return answer


def _subproblem(objection: Objection, identifier: Mapping[str, str] | None) -> Subproblem:
    words = explain(objection)
    own = _own_identifier(objection) or identifier
    return Subproblem(type_of(objection.code), f"{words.detail} {words.remedy}", own)


def _own_identifier(objection: Objection) -> Mapping[str, str] | None:
    """The identifier that an objection names: one of several that were asked for."""
    facts = objection.mapping
    if "identifier" not in facts:
        return None
    return {"type": str(facts["identifier_type"]), "value": str(facts["identifier"])}
