"""What the clerk does for rights and dossiers from time to time; each is safe to repeat."""

from datetime import datetime

from guichet.habilitations import dns
from guichet.habilitations.operations import proving, purging

CLERK = "clerk"


def check_domains_again(at: datetime) -> int:
    """Check again the domains that were proved a while ago; how many."""
    return proving.check_again(dns.resolver(), at)


def purge_what_is_over(at: datetime) -> int:
    """Delete the dossiers whose time is over; how many."""
    return len(purging.purge(by=CLERK, at=at))
