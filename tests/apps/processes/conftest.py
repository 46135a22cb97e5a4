"""A database on a server of its own, with the roles of deploy/postgresql/roles.sql."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.sites import Site, started
from kit import postgres

PROCESS = Path(__file__).with_name("role_process.py")
ROLES = Path(__file__).resolve().parents[3] / "deploy" / "postgresql" / "roles.sql"
SiteOf = Callable[[str], Site]


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteOf]:
    """One site as each login of roles.sql sees it; "guichet" owns the tables."""
    state = tmp_path_factory.mktemp("roles")
    with postgres.serving("postgres") as socket:
        psql = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "postgres"]
        for _ in range(2):
            subprocess.run([*psql, "-d", "postgres", "-f", ROLES], check=True)

        def of(login: str) -> Site:
            return Site(state, f"postgresql://{login}@/guichet?host={socket}", forge)

        url = f"postgresql://guichet@/guichet?host={socket}"
        with started(PROCESS, state, GUICHET_DATABASE_URL=url) as forge:
            of("guichet").run("prepare")
            of("guichet-signer").run("found")
            yield of
