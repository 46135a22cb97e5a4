"""What a worker is handed at a time: one test, a group, or a file whose tests are all short."""

from typing import Final

import pytest
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

SHORT: Final = ("tests/core/", "tests/client/", "tests/test_")
"""Where a file takes a few seconds at most, so that workers still end together."""


class Units(LoadGroupScheduling):  # type: ignore[misc]
    """xdist's groups, and whole files of short tests.

    Whoever hands out a test looks through all that its worker was given before: of thousands that
    take some milliseconds each, a worker would wait for the next.
    """

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return nodeid.partition("::")[0] if scope == nodeid and nodeid.startswith(SHORT) else scope


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Units | None:
    """The scheduler of runs by groups (`--dist loadgroup`)."""
    return Units(config, log) if config.getvalue("dist") == "loadgroup" else None
