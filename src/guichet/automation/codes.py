"""Which refusals each operation of the API may answer: told in its description and its pages."""

from collections.abc import Mapping
from typing import Final

from guichet.domain.refusals import Code
from guichet.web.refusal_texts import TEXTS

EVERYWHERE: Final = (
    Code.REQUEST_MALFORMED,
    Code.API_CARD_REQUIRED,
    Code.CARD_ABSENT,
    Code.CARD_UNTRUSTED,
    Code.CERTIFICATE_OF_TWIN,
    Code.CARD_EXPIRED,
    Code.CARD_NOT_YET_VALID,
    Code.CARD_REVOKED,
    Code.CARD_UNKNOWN,
    Code.CREDENTIAL_WRONG,
    Code.ACCESS_TOKEN_WRONG,
    Code.CLIENT_CERTIFICATE_UNBOUND,
    Code.CLIENT_CERTIFICATE_UNTRUSTED,
    Code.CLIENT_CERTIFICATE_EXPIRED,
    Code.CLIENT_CERTIFICATE_REVOKED,
    Code.VERB_MISSING,
    Code.MACHINE_DISABLED,
    Code.TOO_MANY_CALLS,
    Code.CARD_STATUS_UNAVAILABLE,
    Code.CLIENT_CERTIFICATE_STATUS_UNAVAILABLE,
)
WRITING: Final = (
    Code.CALL_OF_ANOTHER_SITE,
    Code.FIELD_MISSING,
    Code.FIELD_UNEXPECTED,
    Code.CSR_IS_PRIVATE_KEY,
    Code.REQUEST_TOO_LARGE,
    Code.IDEMPOTENCY_CONFLICT,
)
CSR: Final = (
    Code.CSR_MISSING,
    Code.CSR_TOO_LARGE,
    Code.CSR_UNREADABLE,
    Code.CSR_SEVERAL,
    Code.CSR_IS_CERTIFICATE,
    Code.CSR_SIGNATURE,
    Code.CSR_SIGNATURE_ALGORITHM,
    Code.CSR_EXTENSION_FORBIDDEN,
    Code.KEY_TYPE,
    Code.KEY_TOO_SHORT,
    Code.KEY_TOO_LONG,
    Code.KEY_EXPONENT,
    Code.KEY_WEAK,
    Code.KEY_SEEN,
    Code.KEY_BURNT,
    Code.KEY_LISTED,
)
PLACE: Final = (Code.RIGHT_MISSING, Code.RIGHT_DOMAIN, Code.RIGHT_MAIL_DOMAIN, Code.RIGHT_SERVICE)
MACHINE: Final = (Code.CARD_CALL_ONLY, Code.MACHINE_UNKNOWN)
OPEN: Final = (Code.MACHINE_OUT_OF_HAND,)
HOOK: Final = (Code.WEBHOOK_UNKNOWN,)
HOOK_URL: Final = (
    Code.WEBHOOK_URL_INVALID,
    Code.WEBHOOK_URL_NOT_HTTPS,
    Code.WEBHOOK_URL_FORBIDDEN,
    Code.EMAIL_INVALID,
)
SERVICE: Final = (Code.SERVICE_UNKNOWN,)
CARD_SERVICE: Final = (*SERVICE, Code.CARD_CALL_ONLY, Code.MOVE_FORBIDDEN)
OWN: Final[Mapping[str, tuple[Code, ...]]] = {
    "place_order": (
        *PLACE,
        *CSR,
        Code.STRUCTURE_ID_INVALID,
        Code.STRUCTURE_UNKNOWN,
        Code.PROFILE_UNKNOWN,
        Code.PERSON_ID_INVALID,
        Code.EMAIL_INVALID,
        Code.DOMAIN_NAME_INVALID,
        Code.NAME_INVALID,
        Code.NAME_TOO_LONG,
        Code.AUTHORITY_NOT_ISSUING,
        Code.SIGNING_BUSY,
    ),
    "get_order": (Code.ORDER_UNKNOWN,),
    "withdraw": (
        Code.ORDER_UNKNOWN,
        Code.RIGHT_MISSING,
        Code.MOVE_FORBIDDEN,
        Code.TERMS_NOT_ACCEPTED,
        Code.REVOCATION_CODE_WEAK,
    ),
    "cancel_order": (Code.ORDER_UNKNOWN, Code.RIGHT_MISSING, Code.MOVE_FORBIDDEN),
    "rekey": (Code.ORDER_UNKNOWN, Code.RIGHT_MISSING, Code.MOVE_FORBIDDEN, *CSR),
    "get_product": (Code.PRODUCT_UNKNOWN,),
    "list_proofs": (Code.PRODUCT_UNKNOWN,),
    "get_evidence": (
        Code.PRODUCT_UNKNOWN,
        Code.EVIDENCE_NOT_READY,
        Code.EVIDENCE_TOO_OLD,
        Code.EVIDENCE_DAMAGED,
    ),
    "revoke": (
        Code.PRODUCT_UNKNOWN,
        Code.RIGHT_MISSING,
        Code.ALREADY_REVOKED,
        Code.REVOCATION_CODE_WRONG,
        Code.REVOCATION_REASON_INVALID,
    ),
    "renew": (
        Code.PRODUCT_UNKNOWN,
        *PLACE,
        Code.RENEWAL_NOT_OPEN,
        Code.RENEWAL_PENDING,
        Code.RENEWAL_REVOKED,
        Code.RENEWAL_TOO_LATE,
        Code.RENEWAL_DIFFERS,
        Code.KEY_NOT_RENEWABLE,
        Code.KEY_TOO_OLD,
        *CSR,
    ),
    "list_contacts": (Code.PRODUCT_UNKNOWN,),
    "replace_contacts": (
        Code.PRODUCT_UNKNOWN,
        Code.RIGHT_MISSING,
        Code.EMAIL_INVALID,
        Code.CONTACT_LAST,
        Code.CONTACTS_TOO_MANY,
        Code.PRECONDITION_FAILED,
    ),
    "list_dossiers": (Code.CARD_CALL_ONLY,),
    "list_machines": (Code.CARD_CALL_ONLY,),
    "create_machine": (
        Code.CARD_CALL_ONLY,
        Code.MACHINE_BEYOND_RIGHTS,
        Code.MACHINE_NEEDS_NAMES,
        Code.MACHINE_NEEDS_A_SCOPE,
        Code.DOMAIN_NAME_INVALID,
        Code.NAME_INVALID,
        Code.NAME_TOO_LONG,
        Code.EMAIL_INVALID,
    ),
    "get_machine": MACHINE,
    "disable_machine": MACHINE,
    "enable_machine": (*MACHINE, *OPEN),
    "list_credentials": MACHINE,
    "create_credential": (
        *MACHINE,
        *OPEN,
        Code.PRODUCT_UNKNOWN,
        Code.CREDENTIAL_BOUND,
        Code.ANSWER_NOT_KEPT,
    ),
    "revoke_credential": (*MACHINE, Code.CREDENTIAL_UNKNOWN),
    "create_webhook": (
        Code.STRUCTURE_UNKNOWN,
        Code.MACHINE_UNKNOWN,
        Code.WEBHOOKS_TOO_MANY,
        *HOOK_URL,
        Code.ANSWER_NOT_KEPT,
    ),
    "get_webhook": HOOK,
    "change_webhook": (*HOOK, *HOOK_URL),
    "delete_webhook": HOOK,
    "pause_webhook": (*HOOK, Code.MOVE_FORBIDDEN),
    "resume_webhook": (*HOOK, Code.MOVE_FORBIDDEN),
    "rotate_webhook_key": (*HOOK, Code.ANSWER_NOT_KEPT),
    "ping_webhook": (*HOOK, Code.MOVE_FORBIDDEN),
    "list_deliveries": HOOK,
    "redeliver": (*HOOK, Code.DELIVERY_UNKNOWN, Code.MOVE_FORBIDDEN),
    "declare_service": (
        Code.CARD_CALL_ONLY,
        Code.STRUCTURE_UNKNOWN,
        Code.SERVICES_TOO_MANY,
        Code.CLIENT_ID_INVALID,
        Code.CLIENT_ID_TAKEN,
        Code.REDIRECT_URI_INVALID,
        Code.REDIRECT_URIS_TOO_MANY,
        Code.EMAIL_INVALID,
        Code.NAME_INVALID,
        Code.NAME_TOO_LONG,
    ),
    "get_service": SERVICE,
    "attach_certificate": (
        *CARD_SERVICE,
        Code.PRODUCT_UNKNOWN,
        Code.ASSOCIATION_KIND,
        Code.ASSOCIATION_NOT_LIVE,
        Code.ASSOCIATION_ENVIRONMENT,
        Code.ASSOCIATION_PRESENT,
        Code.ASSOCIATIONS_TOO_MANY,
    ),
    "detach_certificate": (*CARD_SERVICE, Code.ASSOCIATION_UNKNOWN),
    "close_service": CARD_SERVICE,
}


def of(operation: str, method: str) -> Mapping[str, list[str]]:
    """The codes that an operation answers, by status ("404"); sorted as they are told above."""
    written = () if method == "get" else WRITING
    found: dict[str, list[str]] = {}
    for code in dict.fromkeys((*EVERYWHERE, *written, *OWN.get(operation, ()))):
        found.setdefault(str(TEXTS[code].status), []).append(code.value)
    return found
