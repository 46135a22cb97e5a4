"""What every process and command pays to start: no page, and no library that only pages use."""

import gc
import re
from pathlib import Path

from typer.testing import CliRunner

from guichet.cli import app
from guichet.processes.collecting import NEW_OBJECTS
from kit.inside import inside
from kit.stack import environment

SHOWN = "import sys\nprint(*sorted(sys.modules))"
SERVING = """
from guichet.processes.application import application

application("portal", behind_proxy=True)
"""
OF_PAGES = re.compile(r"guichet\.\w+(\.\w+)*\.(views|forms|home|papers)(\.|$)")
LIBRARIES = {"httpx", "phonenumbers", "pygments", "rfc3161_client", "rich", "segno", "typst"}


def test_pages_are_imported_with_their_addresses(tmp_path: Path) -> None:
    """By whoever serves them, once for all its workers and before any asks; by nobody else."""
    given = environment(tmp_path)
    started = inside(given, SHOWN).split()
    assert LIBRARIES.isdisjoint(started)
    assert [name for name in started if OF_PAGES.match(name)] == []
    serving = inside(given, SERVING + SHOWN).split()
    assert {"guichet.orders.home", "guichet.habilitations.home"} <= {*serving}


def test_a_command_looks_for_garbage_seldom() -> None:
    """What it imports is none: to look for it takes a quarter of its start."""
    paces = gc.get_threshold()
    gc.set_threshold(700)
    try:
        assert CliRunner().invoke(app, ["journal", "--help"]).exit_code == 0
        assert gc.get_threshold()[0] == NEW_OBJECTS
    finally:
        gc.set_threshold(*paces)
