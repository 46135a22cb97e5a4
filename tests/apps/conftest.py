"""What tests of the apps share: a journal that the test runner may empty, and a real authority.

Models are imported inside the fixtures: this file may be read before Django is set up.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from guichet.authority.signer import Signer
    from guichet.keystore import Keystore

PKI_BASE = "http://127.0.0.1:8080"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="session")
def _emptied_journal() -> Iterator[None]:
    """Tests with real transactions end by emptying every table: the journal's triggers give way."""
    from django.db import connection
    from django.test import TransactionTestCase

    from guichet.journal import triggers

    empty = TransactionTestCase._fixture_teardown

    def give_way(case: Any) -> None:
        triggers.allow_changes(connection)
        try:
            empty(case)
        finally:
            triggers.forbid_changes(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", give_way)
        yield


@pytest.fixture(autouse=True)
def _nothing_made() -> None:
    """What this test begins with is told from the first again."""
    from kit.kept_rows import KEPT

    KEPT.begin()


@pytest.fixture(autouse=True, scope="session")
def _one_throw_away_key() -> Iterator[None]:
    """Signers rehearse with the keys and templates of the first: a process makes them once."""
    from guichet.authority.signing import Rehearsal

    shared: dict[str, Any] = {"_keys": {}, "_templates": {}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rehearsal, "__init__", lambda own: own.__dict__.update(shared))
        yield


@pytest.fixture(autouse=True, scope="session")
def _sessions_noted_once() -> Iterator[None]:
    """Use of a session is written by its first page alone: a slow machine asks as often as a fast.

    test_login_sessions.py holds that it is written again in time.
    """
    from guichet.identities import sessions

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sessions, "NOTED", timedelta(hours=1))
        yield


@pytest.fixture(scope="session")
def authority_keys(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    """Keys of every authority, RSA ones short so that a run is; the ceremony finds them."""
    from guichet.domain.catalogue import authorities
    from guichet.keystore import algorithms, open_keystore
    from kit import pki

    store = open_keystore(f"file:{tmp_path_factory.mktemp('keystore')}", b"a test passphrase")
    for spec in authorities.specs():
        kind = pki.short(spec.algorithm)
        key = pki.kept_key(f"stored {spec.code}", kind)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(algorithms, "make", lambda _kind, made=key: made)
            store.generate(spec.code, kind)
    return store


@pytest.fixture
def hierarchy_made(db: None, authority_keys: Keystore) -> None:
    """The whole hierarchy, created at NOW."""
    from guichet.authority import hierarchy
    from kit.kept_rows import KEPT

    KEPT.make("hierarchy", lambda: hierarchy.create(authority_keys, pki_base=PKI_BASE, at=NOW))


@pytest.fixture
def first_lists(hierarchy_made: None, authority_keys: Keystore) -> None:
    """The first lists of every authority, issued at NOW."""
    from guichet.authority import crls
    from kit.kept_rows import KEPT

    KEPT.make("first lists", lambda: crls.issue_due(authority_keys, NOW))


@pytest.fixture
def signer(hierarchy_made: None, authority_keys: Keystore) -> Signer:
    """A signer over that hierarchy."""
    from guichet.authority.signer import Signer

    return Signer(authority_keys, PKI_BASE, "test")
