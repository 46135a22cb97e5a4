"""A database on a server of its own, with the roles of deploy/postgresql/roles.sql; one that is
still, one that is away.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from faults.sites import Site, started
from guichet.database import stillness
from kit import commands, postgres
from kit.documents import ROOT

PROCESS = Path(__file__).with_name("role_process.py")
GUIDES = ("how-to/installer", "how-to/isoler-les-processus")
RUNS_IT = "tests/apps/processes/test_database_roles.py::test_each_process_does_its_work"
SiteOf = Callable[[str], Site]


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteOf]:
    """One site as each login of roles.sql sees it; "guichet" owns the tables.

    Both guides have the administrator run the script, which may be run again.
    """
    state = tmp_path_factory.mktemp("roles")
    with postgres.serving("postgres") as socket:
        here = {"runuser -u postgres -- psql": f"psql -qX -h {socket} -U postgres"}
        for page in GUIDES:
            (block,) = commands.told(page, RUNS_IT)
            commands.shell(block, ROOT, here)

        def of(login: str) -> Site:
            return Site(state, f"postgresql://{login}@/guichet?host={socket}", forge)

        url = f"postgresql://guichet@/guichet?host={socket}"
        with started(PROCESS, state, GUICHET_DATABASE_URL=url) as forge:
            of("guichet").run("prepare")
            of("guichet-signer").run("found")
            yield of


@pytest.fixture
def nobody_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL other workers of the suite do, on the same server, at any moment."""
    monkeypatch.setattr(stillness, "_mark", lambda: ("the same",))


@pytest.fixture
def database_is_away(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One more each time that it is asked."""
    asked: list[None] = []

    def refuse() -> None:
        asked.append(None)
        raise OperationalError("timeout expired")

    monkeypatch.setattr(stillness, "_mark", refuse)
    monkeypatch.setattr(stillness, "connection", SimpleNamespace(connection=None))
    return asked
