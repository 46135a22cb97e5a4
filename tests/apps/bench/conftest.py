"""A bench, by the kit's clock and by the machine's."""
# ruff: noqa: PLC0415

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from apps.bench.clients import Bench
    from apps.bench.relying import Sandbox
    from kit.pki import Pki


@pytest.fixture(scope="session")
def pki() -> Pki:
    """The demo's hierarchy with short keys."""
    from kit.pki import Pki

    return Pki()


@pytest.fixture
def bench(tmp_path: Path, pki: Pki) -> Bench:
    """Judged at the kit's NOW."""
    from apps.bench.clients import Bench

    return Bench(tmp_path / "published", pki)


@pytest.fixture(scope="session")
def today() -> Pki:
    """A hierarchy that is valid now."""
    from kit.pki import Pki

    return Pki(now=datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1))


@pytest.fixture
def open_bench(tmp_path: Path, today: Pki, settings: Any) -> Bench:
    """The bench that the pages read: by the machine's clock."""
    from apps.bench.clients import Bench

    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    settings.ROOT_URLCONF = "guichet.conf.bench_urls"
    return Bench(settings.GUICHET.published, today)


@pytest.fixture
def sandbox(open_bench: Bench, settings: Any) -> Sandbox:
    """The provider of the demo over that bench."""
    from apps.bench.relying import Sandbox

    issuer = "http://localhost"
    settings.GUICHET = replace(settings.GUICHET, demo=True, oidc_issuer=issuer)
    return Sandbox(open_bench)
