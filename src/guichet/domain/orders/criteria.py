"""What the certificates of an incident have in common: criteria that all hold (AND)."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any, Final, Self

from guichet.domain.certificates.key_policy import NOT_SIEVED, WEAKNESSES, weaknesses
from guichet.domain.refusals import Code, Refusal
from guichet.x509.keys import KeyFacts

ANY_WEAKNESS: Final = "any"
LISTED_AT_MOST: Final = 100_000
SERIAL_OCTETS: Final = 20
DIGEST_DIGITS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """Criteria of an incident; an empty one narrows nothing, and not all may be empty.

    `authority` is a full code; `key_kind` "rsa", "ec", "ed25519"; `key_bits` a size, `key_exponent`
    an RSA exponent; `weakness` a check of badkeys, or "any". `digests` (SHA-256 of the SPKI) and
    `serials` are hexadecimal, without colons, in lower case. `is_blocked`: the key is on the list
    of compromised keys. `channel` is "portal" or "api", `key_origin` "browser" or "csr",
    `from_lot`: ordered in a group. Both days of issuance are included, in the site's time zone.
    """

    authority: str = ""
    key_kind: str = ""
    key_bits: int = 0
    key_curve: str = ""
    key_exponent: int = 0
    weakness: str = ""
    digests: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    is_blocked: bool = False
    channel: str = ""
    key_origin: str = ""
    from_lot: bool = False
    issued_from: date | None = None
    issued_to: date | None = None
    offer: str = ""
    usage: str = ""
    structure_id: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing narrows the search."""
        return not any(getattr(self, one.name) for one in fields(self))

    @property
    def reads_keys(self) -> bool:
        """Whether certificates must be opened: their keys are not in any index."""
        return bool(
            self.key_kind or self.key_bits or self.key_curve or self.key_exponent or self.weakness
        )

    @property
    def names_certificates(self) -> bool:
        """Whether certificates or keys are named one by one."""
        return bool(self.digests or self.serials or self.is_blocked)

    @property
    def reads_orders(self) -> bool:
        """Whether the orders say who is meant: there are fewer of them than certificates."""
        return bool(self.channel or self.key_origin or self.from_lot or self.structure_id)

    def admit(self) -> Self:
        """The criteria themselves. Raises Refusal: INCIDENT_WITHOUT_CRITERIA, INCIDENT_PERIOD."""
        if self.is_empty:
            raise Refusal(Code.INCIDENT_WITHOUT_CRITERIA)
        if self.issued_from and self.issued_to and self.issued_from > self.issued_to:
            raise Refusal(Code.INCIDENT_PERIOD, field="issued_to")
        return self

    def meets(self, key: KeyFacts, *, sieved: Container[int] = ()) -> bool:
        """Whether a certificate's key has every property asked; `sieved`: as `is_weak` takes it."""
        asked: Sequence[tuple[object, object]] = (
            (self.key_kind, key.kind),
            (self.key_bits, key.bits),
            (self.key_curve, key.curve),
            (self.key_exponent, key.exponent),
        )
        if any(wanted and wanted != found for wanted, found in asked):
            return False
        return not self.weakness or is_weak(key, self.weakness, sieved=sieved)

    def to_json(self) -> dict[str, Any]:
        """What is stored: the criteria that narrow, dates in ISO 8601."""
        kept = {name: value for name, value in asdict(self).items() if value}
        for name in ("issued_from", "issued_to"):
            if name in kept:
                kept[name] = kept[name].isoformat()
        return {n: list(v) if isinstance(v, tuple) else v for n, v in kept.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The criteria that `to_json` wrote."""
        values: dict[str, Any] = {
            n: tuple(v) if isinstance(v, list) else v for n, v in stored.items()
        }
        for name in ("issued_from", "issued_to"):
            if name in values:
                values[name] = date.fromisoformat(values[name])
        return cls(**values)


def is_weak(key: KeyFacts, check: str, *, sieved: Container[int] = ()) -> bool:
    """Whether badkeys finds a weakness in an RSA key: this one, or any of those that compute.

    `sieved` are moduli that `key_policy.sieve` passed.
    """
    if key.modulus is None or key.exponent is None:
        return False
    checks: Sequence[str] = WEAKNESSES if check == ANY_WEAKNESS else (check,)
    if key.modulus in sieved:
        checks = tuple(one for one in checks if one in NOT_SIEVED)
    return bool(weaknesses(key.modulus, key.exponent, checks))


def read_serials(lines: Iterable[str]) -> tuple[str, ...]:
    """Serial numbers, one a line, hexadecimal, colons and spaces allowed; # begins a comment.

    Raises Refusal: LIST_LINE_UNREADABLE (facts "line", "text"), LIST_TOO_LONG.
    """
    return _distinct(_serial(number, text) for number, text in _written(lines))


def read_digests(lines: Iterable[str]) -> tuple[str, ...]:
    """SHA-256 digests of public keys, one a line, as above. Raises as above."""
    return _distinct(_digest(number, text) for number, text in _written(lines))


def _written(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text and not text.startswith("#"):
            yield number, text


def _distinct(found: Iterator[str]) -> tuple[str, ...]:
    several: dict[str, None] = {}
    for one in found:
        several[one] = None
        if len(several) > LISTED_AT_MOST:
            raise Refusal(Code.LIST_TOO_LONG, limit=LISTED_AT_MOST)
    return tuple(several)


def _serial(number: int, text: str) -> str:
    digits = bare(text)
    try:
        serial = int(digits, 16) if digits.isalnum() else -1
    except ValueError:
        serial = -1
    if serial < 0 or serial.bit_length() > 8 * SERIAL_OCTETS:
        raise Refusal(Code.LIST_LINE_UNREADABLE, line=number, text=text[:60])
    return f"{serial:x}"


def _digest(number: int, text: str) -> str:
    digits = bare(text)
    if not is_digest(digits):
        raise Refusal(Code.LIST_LINE_UNREADABLE, line=number, text=text[:60])
    return digits


def bare(text: str) -> str:
    """Hexadecimal digits as we store them: without colons nor spaces, in lower case."""
    return text.replace(":", "").replace(" ", "").lower()


def is_digest(digits: str) -> bool:
    """Whether this is a SHA-256 in bare hexadecimal."""
    return len(digits) == DIGEST_DIGITS and not set(digits) - set("0123456789abcdef")
