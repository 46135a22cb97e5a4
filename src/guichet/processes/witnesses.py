"""Everything that the journal is held against: tables of the apps, and what was published."""

from collections.abc import Iterator
from itertools import chain

from django.conf import settings

from guichet.authority.witnesses import witnesses as of_authority
from guichet.journal.events import Event
from guichet.journal.witnesses import Witness
from guichet.orders.witnesses import witnesses as of_orders
from guichet.x509 import crl_headings
from guichet.x509.errors import Unreadable


def witnesses() -> Iterator[Witness]:
    """The apps' own, then those outside the database."""
    return chain(of_authority(), of_orders(), _published())


def _published() -> Iterator[Witness]:
    """The CRLs that relying parties are given: nobody takes those back."""
    for path in sorted((settings.GUICHET.published / "crl").glob("*.crl")):
        try:
            number = crl_headings.read(path.read_bytes()).number
        except Unreadable:
            continue  # told by the publisher, which will not replace it, and by relying parties
        scope = path.stem.removesuffix("-delta")
        yield Witness(Event.CRL_ISSUED, f"authority:{scope}", ("number", number))
