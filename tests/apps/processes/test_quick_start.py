"""What every process and command pays to start: no page, and no library that only pages use."""

import re
from pathlib import Path

from kit.inside import inside
from kit.stack import environment

SHOWN = "import sys\nprint(*sorted(sys.modules))"
OF_PAGES = re.compile(r"guichet\.\w+(\.\w+)*\.(views|forms|home|papers)(\.|$)")
LIBRARIES = {"httpx", "phonenumbers", "pygments", "rfc3161_client", "rich", "segno", "typst"}


def test_pages_are_imported_with_their_addresses(tmp_path: Path) -> None:
    """By whoever serves them, and by nobody before."""
    given = environment(tmp_path)
    started = inside(given, SHOWN).split()
    assert LIBRARIES.isdisjoint(started)
    assert [name for name in started if OF_PAGES.match(name)] == []
    serving = inside(given, "import guichet.web.urls\n" + SHOWN).split()
    assert {"guichet.orders.home", "guichet.habilitations.home"} <= {*serving}
