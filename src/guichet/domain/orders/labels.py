"""What people add to their inventory: tags, owners and views, parsed before they are kept."""

from dataclasses import dataclass
from typing import Final, Self

from guichet.domain.identifiers import EmailAddress
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import clean

TAG_AT_MOST: Final = 40
TAGS_AT_MOST: Final = 10
VIEW_AT_MOST: Final = 60
NAME_AT_MOST: Final = 100
CHANGED_AT_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a product; both empty: nobody does."""

    name: str = ""
    email: str = ""

    @classmethod
    def parse(cls, name: str, email: str) -> Self:
        """Read an owner. Raises Refusal: FIELD_MISSING, NAME_INVALID, NAME_TOO_LONG, EMAIL_INVALID.

        Both texts or none: an owner is somebody one can write to.
        """
        if not name.strip() and not email.strip():
            return cls()
        if not email.strip():
            raise Refusal(Code.FIELD_MISSING, field="owner_email")
        known = clean(name, limit=NAME_AT_MOST, field="owner_name")
        try:
            return cls(known, str(EmailAddress.parse(email)))
        except Refusal as refusal:
            others = (fact for fact in refusal.facts.items() if fact[0] != "field")
            objection = Objection(refusal.code, (("field", "owner_email"), *others))
            raise Refusal(refusal.code, all=(objection,)) from None


def parse_tag(text: str) -> str:
    """Read a tag: one line without a comma. Raises Refusal: FIELD_MISSING, NAME_INVALID, _TOO_LONG.

    A comma ends a tag wherever several are written together.
    """
    return clean(text.replace(",", " ").replace(";", " "), limit=TAG_AT_MOST, field="tag")


def parse_view_name(text: str) -> str:
    """Read the name of a view. Raises Refusal: FIELD_MISSING, NAME_INVALID, NAME_TOO_LONG."""
    return clean(text, limit=VIEW_AT_MOST, field="name")
