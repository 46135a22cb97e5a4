"""How the theme of the pages is read: the neutral one, or the State's for its operators."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from guichet.conf.readers import ConfigurationError, choice

NEUTRAL: Final = "neutral"
DSFR: Final = "dsfr"
INSTALL: Final = "pip install --require-hashes -r requirements/dsfr.txt"


@dataclass(frozen=True, slots=True)
class Dressing:
    """The theme, and the lines of the State's mark: those of the body that operates the counter."""

    theme: str = NEUTRAL
    state_operator: tuple[str, ...] = ()

    @property
    def is_of_the_state(self) -> bool:
        """Whether pages wear the design system of the State."""
        return self.theme == DSFR

    @property
    def lacks_files(self) -> bool:
        """Whether pages are to wear what is not installed."""
        return self.is_of_the_state and find_spec("dsfr") is None

    def require_files(self) -> None:
        """For what draws pages or collects their files: the others run without.

        Raises ConfigurationError.
        """
        if self.lacks_files:
            raise ConfigurationError(
                f"GUICHET_THEME: dsfr needs the files of the design system: {INSTALL}"
            )


def dressing(values: Mapping[str, str]) -> Dressing:
    """The theme of the pages. Raises ConfigurationError."""
    theme = choice(values, "GUICHET_THEME", (NEUTRAL, DSFR))
    lines = (values.get("GUICHET_STATE_OPERATOR") or "").split("|")
    return Dressing(theme, tuple(filter(None, (line.strip() for line in lines))))
