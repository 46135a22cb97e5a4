"""Why something is refused: a code and facts. Words are the border's: web/refusal_texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Stable codes; they are public (REST problem type) and never reused."""

    # Identifiers
    SIREN_INVALID = "siren-invalid"
    SIRET_INVALID = "siret-invalid"
    FINESS_INVALID = "finess-invalid"
    RPPS_INVALID = "rpps-invalid"
    STRUCTURE_ID_INVALID = "structure-id-invalid"
    PERSON_ID_INVALID = "person-id-invalid"
    CARD_NUMBER_INVALID = "card-number-invalid"
    EMAIL_INVALID = "email-invalid"
    DOMAIN_NAME_INVALID = "domain-name-invalid"
    DOMAIN_NAME_PUBLIC_SUFFIX = "domain-name-public-suffix"
    NAME_INVALID = "name-invalid"
    NAME_TOO_LONG = "name-too-long"
    FIELD_MISSING = "field-missing"
    FIELD_UNEXPECTED = "field-unexpected"
    # Certificate request
    CSR_MISSING = "csr-missing"
    CSR_TOO_LARGE = "csr-too-large"
    CSR_UNREADABLE = "csr-unreadable"
    CSR_SEVERAL = "csr-several"
    CSR_IS_PRIVATE_KEY = "csr-is-private-key"
    CSR_IS_CERTIFICATE = "csr-is-certificate"
    CSR_SIGNATURE = "csr-signature"
    CSR_SIGNATURE_ALGORITHM = "csr-signature-algorithm"
    CSR_EXTENSION_FORBIDDEN = "csr-extension-forbidden"
    KEY_TYPE = "key-type"
    KEY_TOO_SHORT = "key-too-short"
    KEY_TOO_LONG = "key-too-long"
    KEY_EXPONENT = "key-exponent"
    KEY_WEAK = "key-weak"
    KEY_SEEN = "key-seen"
    KEY_BURNT = "key-burnt"
    KEY_LISTED = "key-listed"
    KEY_IN_USE = "key-in-use"
    KEY_CHALLENGE_STALE = "key-challenge-stale"
    KEY_PROOF_WRONG = "key-proof-wrong"
    # Rights
    RIGHT_MISSING = "right-missing"
    RIGHT_DOMAIN = "right-domain"
    RIGHT_SERVICE = "right-service"
    RIGHT_MAIL_DOMAIN = "right-mail-domain"
    ROLE_MISSING = "role-missing"
    RIGHT_OVERLAPS = "right-overlaps"
    RIGHT_UNKNOWN = "right-unknown"
    RIGHT_STATE = "right-state"
    RIGHT_UNCHANGED = "right-unchanged"
    RIGHT_SUSPENDED_BY_STAFF = "right-suspended-by-staff"
    CARD_NOT_FOUND = "card-not-found"
    CARD_NOT_VALID = "card-not-valid"
    CARD_HOLDER_DIFFERS = "card-holder-differs"
    RENEWAL_IMPOSSIBLE = "renewal-impossible"
    REPRESENTATIVE_MISSING = "representative-missing"
    DELEGATION_UNKNOWN = "delegation-unknown"
    DELEGATION_STATE = "delegation-state"
    DELEGATION_BEYOND = "delegation-beyond"
    DELEGATION_PERIOD = "delegation-period"
    DELEGATION_SELF = "delegation-self"
    EDITOR_UNKNOWN = "editor-unknown"
    DOMAIN_UNKNOWN = "domain-unknown"
    DNS_UNAVAILABLE = "dns-unavailable"
    # Dossiers
    POSTCODE_INVALID = "postcode-invalid"
    PHONE_INVALID = "phone-invalid"
    RPPS_RANK_INVALID = "rpps-rank-invalid"
    RPPS_RANK_MISSING = "rpps-rank-missing"
    CHOICE_MISSING = "choice-missing"
    ADMINISTRATOR_MISSING = "administrator-missing"
    CARD_TWICE = "card-twice"
    TYPE_MISSING = "type-missing"
    DOMAIN_OR_SERVER = "domain-or-server"
    ACCURACY_NOT_CERTIFIED = "accuracy-not-certified"
    MANDATE_MISSING = "mandate-missing"
    COMPANY_UNKNOWN = "company-unknown"
    COMPANY_CLOSED = "company-closed"
    COMPANY_NAME_MISSING = "company-name-missing"
    DOSSIER_UNKNOWN = "dossier-unknown"
    DOSSIER_PURGED = "dossier-purged"
    DOSSIER_FROZEN = "dossier-frozen"
    DOSSIER_CHANGED = "dossier-changed"
    DOSSIER_ACT_FORBIDDEN = "dossier-act-forbidden"
    NOTHING_CHANGED = "nothing-changed"
    REASON_MISSING = "reason-missing"
    CORRECTION_PENDING = "correction-pending"
    EDITS_PENDING = "edits-pending"
    CHECKS_BLOCKING = "checks-blocking"
    NOTHING_ACCEPTED = "nothing-accepted"
    DECISION_PENDING = "decision-pending"
    DECISION_MISSING = "decision-missing"
    OWN_DOSSIER = "own-dossier"
    SECOND_APPROVAL_SAME = "second-approval-same"
    INVITATION_INVALID = "invitation-invalid"
    ESTABLISHMENT_NOT_PROVED = "establishment-not-proved"
    RECOVERY_IMPOSSIBLE = "recovery-impossible"
    RECOVERY_WAITING = "recovery-waiting"
    RECOVERY_REFUSED = "recovery-refused"
    ATTACHMENT_TOO_LARGE = "attachment-too-large"
    ATTACHMENT_EMPTY = "attachment-empty"
    ATTACHMENT_TYPE = "attachment-type"
    ATTACHMENT_INFECTED = "attachment-infected"
    ATTACHMENT_UNSCANNED = "attachment-unscanned"
    ATTACHMENT_UNKNOWN = "attachment-unknown"
    ATTACHMENTS_TOO_MANY = "attachments-too-many"
    MESSAGE_TOO_LONG = "message-too-long"
    # Orders and products
    ORDER_UNKNOWN = "order-unknown"
    PRODUCT_UNKNOWN = "product-unknown"
    STRUCTURE_UNKNOWN = "structure-unknown"
    PROFILE_UNKNOWN = "profile-unknown"
    AUTHORITY_NOT_ISSUING = "authority-not-issuing"
    SIGNING_BUSY = "signing-busy"
    MOVE_FORBIDDEN = "move-forbidden"
    TERMS_NOT_ACCEPTED = "terms-not-accepted"
    REVOCATION_CODE_WEAK = "revocation-code-weak"
    REVOCATION_CODE_MISMATCH = "revocation-code-mismatch"
    REVOCATION_CODE_WRONG = "revocation-code-wrong"
    REVOCATION_REASON_INVALID = "revocation-reason-invalid"
    ALREADY_REVOKED = "already-revoked"
    SIGNING_FAILED = "signing-failed"
    RENEWAL_NOT_OPEN = "renewal-not-open"
    RENEWAL_PENDING = "renewal-pending"
    RENEWAL_REVOKED = "renewal-revoked"
    RENEWAL_TOO_LATE = "renewal-too-late"
    RENEWAL_DIFFERS = "renewal-differs"
    KEY_NOT_RENEWABLE = "key-not-renewable"
    KEY_TOO_OLD = "key-too-old"
    CONTACT_LAST = "contact-last"
    CONTACTS_TOO_MANY = "contacts-too-many"
    CONTACT_LINK_INVALID = "contact-link-invalid"
    CALENDAR_LINK_UNKNOWN = "calendar-link-unknown"
    # Inventory and groups of orders
    SELECTION_EMPTY = "selection-empty"
    SELECTION_TOO_LARGE = "selection-too-large"
    TAGS_TOO_MANY = "tags-too-many"
    VIEW_UNKNOWN = "view-unknown"
    VIEW_NAME_TAKEN = "view-name-taken"
    VIEWS_TOO_MANY = "views-too-many"
    GROUP_UNKNOWN = "group-unknown"
    GROUP_PLACED = "group-placed"
    GROUP_EMPTY = "group-empty"
    GROUP_TOO_LONG = "group-too-long"
    GROUP_LINE_TWICE = "group-line-twice"
    GROUP_LINE_WITHOUT_CSR = "group-line-without-csr"
    GROUP_NOT_READY = "group-not-ready"
    LINES_UNREADABLE = "lines-unreadable"
    LINES_COLUMN_UNKNOWN = "lines-column-unknown"
    LINES_COLUMN_TWICE = "lines-column-twice"
    LINES_CELLS_TOO_MANY = "lines-cells-too-many"
    ARCHIVE_UNREADABLE = "archive-unreadable"
    ARCHIVE_TOO_LARGE = "archive-too-large"
    ARCHIVE_NAME_UNSAFE = "archive-name-unsafe"
    # Incidents
    INCIDENT_UNKNOWN = "incident-unknown"
    INCIDENT_WITHOUT_CRITERIA = "incident-without-criteria"
    INCIDENT_PERIOD = "incident-period"
    INCIDENT_EMPTY = "incident-empty"
    INCIDENT_DATE = "incident-date"
    INCIDENT_COUNT_WRONG = "incident-count-wrong"
    INCIDENT_SAME_PERSON = "incident-same-person"
    LIST_LINE_UNREADABLE = "list-line-unreadable"
    LIST_TOO_LONG = "list-too-long"
    # Cards and login
    CARD_ABSENT = "card-absent"
    CARD_UNTRUSTED = "card-untrusted"
    CARD_NOT_A_CARD = "card-not-a-card"
    CARD_EXPIRED = "card-expired"
    CARD_NOT_YET_VALID = "card-not-yet-valid"
    CARD_REVOKED = "card-revoked"
    CARD_STATUS_UNAVAILABLE = "card-status-unavailable"
    CARD_UNKNOWN = "card-unknown"
    ACCOUNT_UNKNOWN = "account-unknown"
    LOGIN_TICKET_INVALID = "login-ticket-invalid"
    LOGIN_OIDC_FAILED = "login-oidc-failed"
    LOGIN_OIDC_UNAVAILABLE = "login-oidc-unavailable"
    LOGIN_REQUIRED = "login-required"
    LOGIN_FAILED = "login-failed"
    LOGIN_LOCKED = "login-locked"
    EMAIL_NOT_VERIFIED = "email-not-verified"
    ACCOUNT_LINK_INVALID = "account-link-invalid"
    PASSWORD_WRONG = "password-wrong"  # noqa: S105 the name of a refusal
    PASSWORD_TOO_SHORT = "password-too-short"  # noqa: S105
    PASSWORD_WEAK = "password-weak"  # noqa: S105
    PASSWORD_SIMILAR = "password-similar"  # noqa: S105
    PASSWORD_MISMATCH = "password-mismatch"  # noqa: S105
    IDENTITY_LINKED_ELSEWHERE = "identity-linked-elsewhere"
    LAST_WAY_IN = "last-way-in"
    CARD_ATTACHED_ELSEWHERE = "card-attached-elsewhere"
    TOO_MANY_TRIES = "too-many-tries"
    # Mutual TLS bench
    BENCH_NO_CERTIFICATE = "bench-no-certificate"
    BENCH_UNTRUSTED = "bench-untrusted"
    BENCH_EXPIRED = "bench-expired"
    BENCH_NOT_YET_VALID = "bench-not-yet-valid"
    BENCH_REVOKED = "bench-revoked"
    BENCH_STATUS_UNAVAILABLE = "bench-status-unavailable"
    BENCH_WRONG_OFFER = "bench-wrong-offer"
    BENCH_WRONG_USAGE = "bench-wrong-usage"
    BENCH_TLS_VERSION = "bench-tls-version"
    # Requests
    REQUEST_MALFORMED = "request-malformed"
    REQUEST_TOO_LARGE = "request-too-large"
    IDEMPOTENCY_CONFLICT = "idempotency-conflict"
    API_CARD_REQUIRED = "api-card-required"
    VERB_MISSING = "verb-missing"
    MACHINE_UNKNOWN = "machine-unknown"
    MACHINE_DISABLED = "machine-disabled"
    MACHINE_NEEDS_A_SCOPE = "machine-needs-a-scope"
    CREDENTIAL_WRONG = "credential-wrong"
    CREDENTIAL_UNKNOWN = "credential-unknown"
    # Machine accounts, on their pages
    MACHINE_BEYOND_RIGHTS = "machine-beyond-rights"
    MACHINE_NEEDS_NAMES = "machine-needs-names"
    MACHINE_OUT_OF_HAND = "machine-out-of-hand"
    CREDENTIAL_BOUND = "credential-bound"
    # Calls of the REST API
    TOO_MANY_CALLS = "too-many-calls"
    ANSWER_NOT_KEPT = "answer-not-kept"
    PRECONDITION_FAILED = "precondition-failed"
    ACCESS_TOKEN_WRONG = "access-token-wrong"  # noqa: S105 the name of a refusal
    CARD_CALL_ONLY = "card-call-only"
    CLIENT_CERTIFICATE_UNBOUND = "client-certificate-unbound"
    CLIENT_CERTIFICATE_UNTRUSTED = "client-certificate-untrusted"
    CLIENT_CERTIFICATE_EXPIRED = "client-certificate-expired"
    CLIENT_CERTIFICATE_REVOKED = "client-certificate-revoked"
    CLIENT_CERTIFICATE_STATUS_UNAVAILABLE = "client-certificate-status-unavailable"
    # Webhooks
    WEBHOOK_UNKNOWN = "webhook-unknown"
    WEBHOOK_URL_INVALID = "webhook-url-invalid"
    WEBHOOK_URL_NOT_HTTPS = "webhook-url-not-https"
    WEBHOOK_URL_FORBIDDEN = "webhook-url-forbidden"
    WEBHOOKS_TOO_MANY = "webhooks-too-many"
    DELIVERY_UNKNOWN = "delivery-unknown"
    # ACME
    ACME_IDENTIFIER_UNSUPPORTED = "acme-identifier-unsupported"
    ACME_IDENTIFIERS_SEVERAL = "acme-identifiers-several"
    ACME_PROFILE_UNFIT = "acme-profile-unfit"
    ACME_CSR_NAMES = "acme-csr-names"
    # EST
    EST_AUTHENTICATION_MISSING = "est-authentication-missing"
    EST_LABEL_UNKNOWN = "est-label-unknown"
    EST_LABEL_MISSING = "est-label-missing"
    EST_CONTENT_TYPE = "est-content-type"
    EST_NAME_MISSING = "est-name-missing"
    EST_NAMES_SEVERAL = "est-names-several"
    EST_CHALLENGE_PASSWORD = "est-challenge-password"  # noqa: S105 the name of a refusal
    EST_SUBJECT_DIFFERS = "est-subject-differs"
    EST_NOTHING_TO_RENEW = "est-nothing-to-renew"
    EST_ORDER_ENDED = "est-order-ended"
    EST_FUNCTION_ABSENT = "est-function-absent"


Fact = str | int


@dataclass(frozen=True, slots=True)
class Objection:
    """One rule that does not hold, with the facts a message needs."""

    code: Code
    facts: tuple[tuple[str, Fact], ...] = field(default=())

    @property
    def mapping(self) -> Mapping[str, Fact]:
        """Facts by name."""
        return dict(self.facts)


class Refusal(Exception):  # noqa: N818 a refusal is an answer, not a fault
    """The one error of the domain. `all` holds every objection, the first being `code`'s own.

    `hides` names, as the journal does ("order:101180"), what exists and is said to be unknown: the
    answer never tells it, the journal does.
    """

    def __init__(
        self,
        code: Code,
        /,
        *,
        all: tuple[Objection, ...] = (),  # noqa: A002 the word of the house style
        hides: str = "",
        **facts: Fact,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.hides = hides
        self.facts: Mapping[str, Fact] = facts or (all[0].mapping if all else {})
        self.all = all or (Objection(code, tuple(facts.items())),)
