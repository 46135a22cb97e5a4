"""Names of the Internet: server names, mail domains, mail addresses.

Names are kept as the lower-case A-labels that certificates and DNS carry (RFC 5280 7.2, RFC 5891).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Final, NoReturn, Self

import idna
from publicsuffixlist import PublicSuffixList

from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible

MAX_NAME: Final = 253  # RFC 1035 2.3.4, without the root dot
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
LOCAL_PART: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII
)
MAX_LOCAL_PART: Final = 64  # RFC 5321 4.5.3.1.1
MAX_ADDRESS: Final = 254  # RFC 5321 4.5.3.1.3, without the angle brackets


@cache
def _suffixes() -> PublicSuffixList:
    """The registries' own suffixes; hosting firms' ones are names like others."""
    return PublicSuffixList(only_icann=True)


@cache
def _every_suffix() -> PublicSuffixList:
    """Hosting firms' suffixes too: what stands below one belongs to each of their clients."""
    return PublicSuffixList()


def _refuse(code: Code, text: str) -> NoReturn:
    raise Refusal(code, text=visible(text))


def _a_labels(text: str) -> str | None:
    """Return the name as lower-case A-labels of at least two labels, or None."""
    try:
        name = idna.encode(text.strip(), uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None
    labels = name.split(".")
    well_formed = len(name) <= MAX_NAME and all(LABEL.fullmatch(label) for label in labels)
    if not well_formed or len(labels) < 2 or labels[-1].isdigit():
        return None
    return name


def _registrable(text: str) -> str:
    """Return a name someone can hold. Raises Refusal: DOMAIN_NAME_…"""
    name = _a_labels(text)
    if name is None:
        _refuse(Code.DOMAIN_NAME_INVALID, text)
    if _suffixes().is_public(name):
        _refuse(Code.DOMAIN_NAME_PUBLIC_SUFFIX, text)
    return name


@dataclass(frozen=True, slots=True)
class Fqdn:
    """Name of a server or of a domain: A-labels, no wildcard, no public suffix alone."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse a name typed by a person, accents allowed.

        Raises Refusal: DOMAIN_NAME_INVALID, DOMAIN_NAME_PUBLIC_SUFFIX.
        """
        return cls(_registrable(text))

    def is_within(self, domain: "Fqdn") -> bool:
        """Tell whether this name is the domain or below it."""
        return self.value == domain.value or self.value.endswith(f".{domain.value}")

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class MailDomain:
    """Domain of mail addresses, typed `@domaine.fr` or `domaine.fr`, kept without the sign."""

    value: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse. Raises Refusal: DOMAIN_NAME_INVALID, DOMAIN_NAME_PUBLIC_SUFFIX."""
        return cls(_registrable(text.strip().removeprefix("@")))

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """Mail address: ASCII dot-atom and a domain of A-labels (RFC 5321, RFC 5280 4.2.1.6)."""

    local_part: str
    domain: MailDomain

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse one address, no display name. Raises Refusal(EMAIL_INVALID)."""
        local_part, sign, domain = text.strip().rpartition("@")
        name = _a_labels(domain)
        if (
            not sign
            or name is None
            or len(local_part) > MAX_LOCAL_PART
            or not LOCAL_PART.fullmatch(local_part)
            or len(local_part) + 1 + len(name) > MAX_ADDRESS
        ):
            _refuse(Code.EMAIL_INVALID, text)
        return cls(local_part, MailDomain(name))

    @property
    def value(self) -> str:
        """The address as certificates and envelopes carry it."""
        return f"{self.local_part}@{self.domain.value}"

    def __str__(self) -> str:
        return self.value


def proof_of(name: str, proved: Collection[str]) -> str | None:
    """Return the proved domain that a name is, or is below, the nearest first; None without one.

    Names are A-labels. A public suffix, a hosting firm's included, speaks for itself alone.
    """
    if name in proved:
        return name
    labels = name.split(".")
    parents = (".".join(labels[place:]) for place in range(1, len(labels)))
    return next((p for p in parents if p in proved and not _every_suffix().is_public(p)), None)
