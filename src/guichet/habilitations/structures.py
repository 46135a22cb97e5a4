"""What other apps are told of a structure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StructureFacts:
    """A structure of the registers; optional numbers are empty strings."""

    national_id: str
    legal_name: str
    siret: str = ""
    finess: str = ""
    department_name: str
    department_number: str
    naf_code: str = ""
    naf_label: str = ""
    address: str = ""

    @property
    def label(self) -> str:
        """ "HOPITAL DES 3 DAMES (10B0135356)", as the deck's list prints it."""
        return f"{self.legal_name} ({self.national_id})"

    @property
    def siren(self) -> str:
        """Company number: the nine first digits of the SIRET."""
        return self.siret[:9]
