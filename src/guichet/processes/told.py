"""What a command of the command line answers; no framework, so that it costs nothing to start."""

from dataclasses import dataclass
from typing import Final

ACTOR: Final = "operator:command-line"
"""Who the journal says did what a command did: whoever may open a terminal here."""


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict and the text that explains it."""

    ok: bool
    text: str
