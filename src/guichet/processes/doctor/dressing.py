"""The State's design system: whether pages can wear it, and may, for its terms reserve it."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from guichet.conf.dressing import INSTALL, Dressing
from guichet.conf.environment import Environment
from guichet.processes.doctor.findings import Finding, fault, warning, well
from guichet.web.themes.files import SHEET

CHECK: Final = "theme"
WHY: Final = "The terms of the DSFR reserve it to sites of the State: elsewhere it deceives people."
COLLECT: Final = "guichet init, then restart the portal, the card port and the bench"


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """Nothing to say of the neutral theme."""
    worn = environment.dressing
    if worn.is_of_the_state:
        body = " ".join(worn.state_operator)
        troubles = [*_files(worn), *_terms(environment)]
        yield from troubles or [well(CHECK, f"Pages are those of the State: {body}")]


def _files(worn: Dressing) -> Iterator[Finding]:
    """What keeps pages from wearing it."""
    if worn.lacks_files:
        yield fault(
            CHECK,
            "The files of the State's design system are not installed",
            why="The portal, the card port and the bench do not start, nor does guichet init.",
            mend=f"In the environment of the program: {INSTALL}; then {COLLECT}",
        )
    elif not _is_collected(Path(settings.STATIC_ROOT)):
        yield fault(
            CHECK,
            "The style sheet of the State's design system is not among the static files",
            why="Pages come without their style.",
            mend=COLLECT,
        )


def _is_collected(folder: Path) -> bool:
    manifest = folder / "staticfiles.json"
    return manifest.is_file() and SHEET in json.loads(manifest.read_text()).get("paths", {})


def _terms(environment: Environment) -> Iterator[Finding]:
    """What makes it a deceit."""
    if environment.demo:
        yield warning(
            CHECK,
            "A demo wears the State's design system",
            why=WHY,
            mend="Show it to nobody outside, or unset GUICHET_THEME",
        )
    elif not environment.dressing.state_operator:
        yield warning(
            CHECK,
            "The State's design system is worn, and no body of the State is named",
            why=WHY,
            mend="Set GUICHET_STATE_OPERATOR (docs/how-to/theme-dsfr.md), or unset GUICHET_THEME",
        )
