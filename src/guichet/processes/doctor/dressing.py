"""The State's design system on a counter that may not be the State's: its terms reserve it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from guichet.conf.environment import Environment
from guichet.processes.doctor.findings import Finding, warning, well

CHECK: Final = "theme"
WHY: Final = "The terms of the DSFR reserve it to sites of the State: elsewhere it deceives people."


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """Nothing to say of the neutral theme."""
    worn = environment.dressing
    if not worn.is_of_the_state:
        return
    if environment.demo:
        yield warning(
            CHECK,
            "A demo wears the State's design system",
            why=WHY,
            mend="Show it to nobody outside, or unset GUICHET_THEME",
        )
    elif not worn.state_operator:
        yield warning(
            CHECK,
            "The State's design system is worn, and no body of the State is named",
            why=WHY,
            mend="Set GUICHET_STATE_OPERATOR (docs/how-to/theme-dsfr.md), or unset GUICHET_THEME",
        )
    else:
        yield well(CHECK, f"Pages are those of the State: {' '.join(worn.state_operator)}")
