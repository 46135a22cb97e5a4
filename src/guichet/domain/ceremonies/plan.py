"""The plan of a key ceremony: who does what, where, before whom. Read from TOML, checked whole."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from guichet.domain.catalogue.twins import Environment

EVERY: Final = "*"


class Do(StrEnum):
    """What is done to an authority; `request`, `answer` and `install` pass by files."""

    CREATE = "create"
    REQUEST = "request"
    ANSWER = "answer"
    INSTALL = "install"
    INSTALL_ROOT = "install-root"
    RENEW = "renew"
    CROSS_CERTIFY = "cross-certify"
    RETIRE = "retire"
    REVOKE = "revoke"
    ISSUE_LIST = "issue-list"
    INSTALL_LIST = "install-list"
    DESTROY = "destroy"


# What each act is told beside its authority: wanted, then allowed.
FIELDS: Final[dict[Do, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    Do.CREATE: ((), ()),
    Do.REQUEST: (("out",), ("code",)),
    Do.ANSWER: (("issuer", "file", "out"), ()),
    Do.INSTALL: (("file",), ("code",)),
    Do.INSTALL_ROOT: (("file",), ("code",)),
    Do.RENEW: ((), ("code", "retires")),
    Do.CROSS_CERTIFY: (("issuer",), ()),
    Do.RETIRE: ((), ()),
    Do.REVOKE: (("serial", "reason"), ()),
    Do.ISSUE_LIST: (("out",), ()),
    Do.INSTALL_LIST: (("file",), ()),
    Do.DESTROY: ((), ("incident",)),
}


class Custody(StrEnum):
    """Where the keystore's secret comes from, and whether the ceremony divides it."""

    NEW = "new"  # made here, divided between the officers
    DIVIDE = "divide"  # typed once by who holds it (a token's PIN), divided between the officers
    SHARES = "shares"  # given back by officers of an earlier ceremony
    FILE = "file"  # the credential that the signer reads; nobody holds a share


DIVIDED: Final = frozenset({Custody.NEW, Custody.DIVIDE})


class HandOver(StrEnum):
    """How an officer is given a share."""

    SCREEN = "screen"
    CARD = "card"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Somebody who takes part. `certificate` is the card's, a PEM file named from the plan's."""

    name: str
    role: str
    certificate: str
    share: HandOver


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing done to one authority; `authority` is its full code in the environment.

    `code` names a generation; `file` is read and `out` written, both beside the plan. A renewal
    whose `retires` is "no" leaves the generations before it in service; `serial` is in hexadecimal
    and `reason` one of RFC 5280.
    """

    do: Do
    authority: str
    code: str = ""
    issuer: str = ""
    file: str = ""
    out: str = ""
    incident: str = ""
    retires: str = ""
    serial: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A ceremony to hold; `text` is the file it was read from, byte for byte."""

    title: str
    environment: Environment
    place: str
    day: date
    keystore: str
    custody: Custody
    threshold: int
    officers: tuple[Officer, ...]
    witnesses: tuple[str, ...]
    acts: tuple[Act, ...]
    text: bytes

    @property
    def sha256(self) -> str:
        """Of the plan's file, hexadecimal."""
        return hashlib.sha256(self.text).hexdigest()

    @property
    def id(self) -> str:
        """What names this ceremony: the same plan is the same ceremony."""
        return self.sha256[:12]

    @property
    def holders(self) -> tuple[Officer, ...]:
        """The officers who are given a share, in order."""
        return tuple(officer for officer in self.officers if officer.share is not HandOver.NONE)


class PlanError(Exception):
    """The plan cannot be followed; `lines` say each thing that is wrong, and where."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)
