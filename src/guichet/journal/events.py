"""What the journal tells of. Values are stored for ever: append, never rename."""

from enum import StrEnum


class Event(StrEnum):
    """One kind of state change. The subject of an entry is written `<kind>:<identifier>`."""

    # Told by the authority
    AUTHORITY_CREATED = "authority-created"
    SIGNING_REQUESTED = "signing-requested"
    SIGNING_PLANNED = "signing-planned"
    SIGNING_FAILED = "signing-failed"
    CERTIFICATE_ISSUED = "certificate-issued"
    CERTIFICATE_REVOKED = "certificate-revoked"
    CRL_ISSUED = "crl-issued"
    # Told by the validation service
    RESPONDER_KEY_REQUESTED = "responder-key-requested"
    RESPONDER_KEY_INSTALLED = "responder-key-installed"
    # Told by notifications
    MAIL_ABANDONED = "mail-abandoned"
    # Told by habilitations
    STRUCTURE_REGISTERED = "structure-registered"
    RIGHT_GRANTED = "right-granted"
    RIGHT_CLOSED = "right-closed"
    REPRESENTATIVE_APPOINTED = "representative-appointed"
    # Told by orders
    ORDER_PLACED = "order-placed"
    ORDER_AVAILABLE = "order-available"
    ORDER_FAILED = "order-failed"
    ORDER_CANCELLED = "order-cancelled"
    ORDER_EXPIRED = "order-expired"
    ORDER_WITHDRAWN = "order-withdrawn"
    PRODUCT_REVOKED = "product-revoked"
    REVOCATION_CODE_WRONG = "revocation-code-wrong"
    REVOCATION_CODE_LOCKED = "revocation-code-locked"
    PRIVATE_KEY_RECEIVED = "private-key-received"
    # Told by identities
    ACCOUNT_REGISTERED = "account-registered"
    CARD_REGISTERED = "card-registered"
    LOGGED_IN = "logged-in"
    LOGIN_REFUSED = "login-refused"
    LOGGED_OUT = "logged-out"
    CARD_REFUSED = "card-refused"
    SESSION_ENDED = "session-ended"
