"""People whom the demo's ProConnect knows, each at work in an establishment."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class DemoAgent:
    """Somebody at work: ProConnect tells the SIRET of the establishment, FranceConnect does not."""

    sub: str
    surname: str
    given_names: str
    siret: str
    email: str
    says: str

    @property
    def name(self) -> str:
        """Display name."""
        return f"{self.given_names} {self.surname}"


AGENTS: Final = (
    DemoAgent(
        sub="agente-nadia",
        surname="BERTIN",
        given_names="NADIA",
        siret="99999003900011",
        email="nadia.bertin@hopital-3-dames.test",
        says="travaille à l’HOPITAL DES 3 DAMES : peut reprendre le dossier d’un collègue parti",
    ),
    DemoAgent(
        sub="agent-luc",
        surname="MARCHAND",
        given_names="LUC",
        siret="39912345400023",
        email="luc.marchand@laboratoire-du-port.test",
        says="travaille au LABORATOIRE DU PORT : ne voit rien de l’hôpital",
    ),
)
