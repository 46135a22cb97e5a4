"""dns-01: a TXT record below the name (RFC 8555 §8.4)."""

from guichet.automation.acme.validation import resolving
from guichet.automation.acme.validation.errors import unproved
from guichet.domain.acme.answers import judge_records, record_name


def check(name: str, token: str, key_authorization: str) -> None:
    """Return when the record is published. Raises Unproved. `token` is in the authorization."""
    published = resolving.texts(record_name(name))
    if found := judge_records(name, published, key_authorization):
        raise unproved(found)
