"""Labels of EST addresses: which profile is asked, and for which name (RFC 7030 §3.2.2).

`org-auth-cli` names the profile ORG/AUTH_CLI; `serv-ssl-serv~www.exemple.fr` names a server too,
for clients whose requests cannot. A person's certificate is not for a machine to ask.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from guichet.domain.catalogue import profiles
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible

SEPARATOR: Final = "~"
KINDS: Final = frozenset({"service", "server", "mailbox"})


@dataclass(frozen=True, slots=True)
class Label:
    """What an address asks: a profile, and the name that the certificate is to designate."""

    profile: Profile
    name: str = ""

    @property
    def text(self) -> str:
        """The label, as people write it."""
        return label_of(self.profile) + (SEPARATOR + self.name if self.name else "")

    @property
    def path(self) -> str:
        """The label, as addresses write it (RFC 3986 §2.1)."""
        return quote(self.text, safe=SEPARATOR)


def label_of(profile: Profile) -> str:
    """The label of a profile: "org-auth-cli" of ORG/AUTH_CLI."""
    return profile.code.lower().replace("/", "-").replace("_", "-")


def enrollable() -> tuple[Profile, ...]:
    """The profiles that have a label, in catalogue order."""
    return tuple(profile for profile in profiles.orderable() if profile.subject_kind in KINDS)


def parse(text: str) -> Label:
    """Read a label, whatever its case. Raises Refusal(EST_LABEL_UNKNOWN)."""
    head, _, name = text.partition(SEPARATOR)
    for profile in enrollable():
        if head.lower() == label_of(profile):
            return Label(profile, name.strip())
    known = ", ".join(map(label_of, enrollable()))
    raise Refusal(Code.EST_LABEL_UNKNOWN, label=visible(text[:80]), known=known)


def only_of(codes: frozenset[str]) -> Label:
    """The label that an address without one means to an account: its only profile.

    Raises Refusal(EST_LABEL_MISSING).
    """
    found = [profile for profile in enrollable() if profile.code in codes]
    if len(found) != 1:
        known = ", ".join(map(label_of, found or enrollable()))
        raise Refusal(Code.EST_LABEL_MISSING, known=known)
    return Label(found[0])
