"""The acts of key ceremonies on authorities: for consoles alone, no page of the portal calls them.

Each is one transaction with its journal entry, and may be repeated after a cut.
"""

from guichet.authority.ceremonies.acts import Ceremony, CeremonyError, Made, next_code
from guichet.authority.ceremonies.by_files import (
    answer_request,
    install_response,
    install_root,
    request_certificate,
)
from guichet.authority.ceremonies.endings import Destroyed, destroy_key, end, retire, revoke
from guichet.authority.ceremonies.lists import InstalledList, install_list, issue_list
from guichet.authority.ceremonies.making import create, cross_certify, renew

__all__ = [
    "Ceremony",
    "CeremonyError",
    "Destroyed",
    "InstalledList",
    "Made",
    "answer_request",
    "create",
    "cross_certify",
    "destroy_key",
    "end",
    "install_list",
    "install_response",
    "install_root",
    "issue_list",
    "next_code",
    "renew",
    "request_certificate",
    "retire",
    "revoke",
]
