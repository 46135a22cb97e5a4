"""What a command of the command line answers; no framework, so that it costs nothing to start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """A verdict and the text that explains it."""

    ok: bool
    text: str
