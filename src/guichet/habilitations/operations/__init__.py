"""What changes structures, rights and dossiers; each verb is one transaction."""

from guichet.habilitations.operations.rights import (
    RightAsked,
    appoint_representative,
    close_right,
    grant_right,
    register_structure,
)
from guichet.habilitations.structures import StructureFacts

__all__ = [
    "RightAsked",
    "StructureFacts",
    "appoint_representative",
    "close_right",
    "grant_right",
    "register_structure",
]
