"""Which passwords are admitted: the settings' validators, told as objections."""

from collections.abc import Iterator, Mapping
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from guichet.domain.refusals import Code, Fact, Objection, Refusal
from guichet.identities.models import Account

CODES: Final[Mapping[str, Code]] = {
    "password_too_short": Code.PASSWORD_TOO_SHORT,
    "password_too_common": Code.PASSWORD_WEAK,
    "password_entirely_numeric": Code.PASSWORD_WEAK,
    "password_too_similar": Code.PASSWORD_SIMILAR,
}


def require_admitted(password: str, account: Account) -> None:
    """Raise Refusal PASSWORD_… with every objection to a new password of this account."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        found = tuple({o.code: o for o in _objections(error)}.values())
        raise Refusal(found[0].code, all=found) from error


def _objections(error: ValidationError) -> Iterator[Objection]:
    for one in error.error_list:
        facts: tuple[tuple[str, Fact], ...] = (("field", "password"),)
        if one.params and "min_length" in one.params:
            facts = (*facts, ("minimum", int(one.params["min_length"])))
        yield Objection(CODES.get(str(one.code), Code.PASSWORD_WEAK), facts)
