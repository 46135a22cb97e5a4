"""What others may ask of structures and rights; what dossiers know stands in modules beside."""

from guichet.habilitations.queries.rights import (
    delegation_of,
    delegations_of,
    represented_by,
    rights_in_hand,
    rights_of,
    search,
    structure,
    structures,
)
from guichet.habilitations.structures import StructureFacts

__all__ = [
    "StructureFacts",
    "delegation_of",
    "delegations_of",
    "represented_by",
    "rights_in_hand",
    "rights_of",
    "search",
    "structure",
    "structures",
]
