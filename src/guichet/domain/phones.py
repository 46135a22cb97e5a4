"""Phone numbers as people type them: French ones, overseas departments included, and foreign."""

from dataclasses import dataclass
from typing import Final, Self

import phonenumbers

from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible

# The library knows each overseas department as a region of its own: 0262… is no number of "FR".
REGIONS: Final = ("FR", "RE", "YT", "GP", "MQ", "GF", "PM", "BL", "MF", "NC", "PF", "WF")

FRANCE: Final = 33
# It also takes these blocks, which overseas departments hold, for metropolitan: 02 69 is Mayotte.
OVERSEAS: Final = ("263", "268", "269", "596", "598")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number in E.164: +33102030405."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a national number of a French region, or an international one (+…).

        A number of the right length that no operator is known to hold is accepted, of
        metropolitan France or with its country's code: the library's tables are older than the
        numbers. Raises Refusal(PHONE_INVALID).
        """
        metropolitan = _parsed(text, REGIONS[0])
        if metropolitan is not None and _is_valid(metropolitan) and not _is_overseas(metropolitan):
            return cls(_e164(metropolitan))
        for region in REGIONS[1:]:
            number = _parsed(text, region)
            if number is not None and _is_valid(number):
                return cls(_e164(number))
        if metropolitan is None or not phonenumbers.is_possible_number(metropolitan):
            raise Refusal(Code.PHONE_INVALID, text=visible(text))
        return cls(_e164(metropolitan))

    @property
    def written(self) -> str:
        """As people read it: 01 02 03 04 05 for a French number, +32 … for another."""
        number = phonenumbers.parse(self.value)
        national = phonenumbers.PhoneNumberFormat.NATIONAL
        abroad = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        is_french = phonenumbers.region_code_for_number(number) in REGIONS
        return phonenumbers.format_number(number, national if is_french else abroad)

    def __str__(self) -> str:
        return self.value


def _parsed(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _is_valid(number: phonenumbers.PhoneNumber) -> bool:
    return bool(phonenumbers.is_valid_number(number))


def _is_overseas(number: phonenumbers.PhoneNumber) -> bool:
    return number.country_code == FRANCE and str(number.national_number).startswith(OVERSEAS)


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
