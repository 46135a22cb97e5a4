"""Which establishment a form is about: the deposited one, or another chosen since.

The dossier keeps what was deposited; a SIRET changed afterwards waits under "next" until it is
deposited too, so that nobody examines an establishment that was never declared.
"""

from collections.abc import Mapping
from typing import Any, Final

from guichet.habilitations.models import Dossier

NEXT: Final = "next"


def siret(row: Dossier) -> str:
    """The SIRET of the form as it is being typed."""
    return str(row.company.get(NEXT, {}).get("siret") or row.siret)


def company(row: Dossier) -> Mapping[str, Any]:
    """What the registers said of that SIRET."""
    found: Mapping[str, Any] = row.company.get(NEXT) or row.company
    return found


def choose(row: Dossier, other: str, found: Mapping[str, Any]) -> None:
    """Use another establishment; the caller saves the row."""
    if row.filed_at is None:
        row.siret, row.company = other, dict(found)
    elif other == row.siret:
        row.company = dict(found)
    else:
        row.company = {**deposited(row), NEXT: {**found, "siret": other}}


def settle(row: Dossier) -> None:
    """What was chosen is now deposited; the caller saves the row."""
    row.siret, row.company = siret(row), dict(company(row))


def forget(row: Dossier) -> None:
    """Go back to the deposited establishment; the caller saves the row."""
    row.company = deposited(row)


def deposited(row: Dossier) -> dict[str, Any]:
    """What the registers said of the deposited SIRET."""
    return {name: value for name, value in row.company.items() if name != NEXT}
