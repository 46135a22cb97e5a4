"""What was published, read again from wherever it is kept: a store, copies' place, HTTP."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from apps.validation.publications import Publication
from apps.validation.responders import CODE, Service
from guichet.domain.certificates.recovery import PublishedNumber, PublishedStatus
from guichet.validation import files, published
from guichet.validation.copies import seals
from guichet.validation.published import Source, SourceError
from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.ocsp import Revoked
from kit.pki import NOW, Leaf, Pki

SHARD = f"{CODE}-2"
Sources = Callable[[str], Source]


@pytest.fixture
def leaves(pki: Pki) -> list[Leaf]:
    return [pki.leaf() for _ in range(2)]


@pytest.fixture
def sources(bare: Service, tmp_path: Path, pki: Pki, leaves: list[Leaf]) -> Iterator[Sources]:
    """One certificate valid, one revoked since it was shipped first; three lists, one forged."""
    bare.publish_authority()
    bare.install_key()
    gone = RevokedEntry(leaves[1].serial, NOW, Reason.SUPERSEDED)
    lists = {
        CODE: pki.crl(CODE, [gone], number=7),
        f"{CODE}-delta": pki.crl(CODE, [gone], number=9, base_number=7),
        SHARD: pki.crl(CODE, number=3, point=f"http://x/crl/{SHARD}.crl"),
        f"{CODE}-4": pki.crl("ACI-EL-PP-TEST", number=99),
    }
    for name, der in lists.items():
        files.replace(bare.published / "crl" / f"{name}.crl", der)
    found = Publication(tmp_path, f"file://{tmp_path / 'place'}")
    found.tell(*leaves)
    found.ship()
    found.tell(leaves[1], status=Revoked(NOW, Reason.SUPERSEDED))
    found.ship()
    found.store.close()
    key = seals.own_key(tmp_path / "publication").public_key()
    scopes = [(CODE, 0), (CODE, 2), (CODE, 5)]
    handler = partial(_Quiet, directory=str(bare.published))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made: dict[str, Callable[[], Source]] = {
            "folder": lambda: published.Folder(bare.published),
            "place": lambda: published.Shipped(found.address, key),
            "web": lambda: published.Web(
                f"http://127.0.0.1:{server.server_port}", lambda: iter(scopes)
            ),
        }
        yield lambda name: made[name]()
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    """Tells nobody what it serves."""

    def log_message(self, *_: object) -> None:
        return


@pytest.mark.parametrize("kind", ["folder", "place", "web"])
def test_read_again(sources: Sources, leaves: list[Leaf], pki: Pki, kind: str) -> None:
    """Statuses where they are kept, and the lists that verify, of every kind."""
    source = sources(kind)
    valid = PublishedStatus(CODE, leaves[0].serial)
    gone = PublishedStatus(CODE, leaves[1].serial, NOW, Reason.SUPERSEDED)
    told = list(source.statuses())
    assert {status.serial: status for status in told} == (
        {} if kind == "web" else {valid.serial: valid, gone.serial: gone}
    )
    lists = list(source.lists({CODE: pki.authority(CODE).der}))
    assert {one.number for one in lists} == {
        PublishedNumber(CODE, 0, 7),
        PublishedNumber(CODE, 0, 9),
        PublishedNumber(CODE, 2, 3),
    }
    assert {status for one in lists for status in one.revoked} == {gone}


def test_what_cannot_be_read(sources: Sources, tmp_path: Path, pki: Pki) -> None:
    """It is said, with the place."""
    folder = tmp_path / "damaged"
    folder.mkdir()
    (folder / "validation.lmdb").write_bytes(b"no store" * 1000)
    with pytest.raises(SourceError, match="damaged"):
        list(published.Folder(folder).statuses())
    nowhere = published.Web("http://127.0.0.1:1", lambda: iter([(CODE, 0)]))
    with pytest.raises(SourceError, match="cannot be fetched"):
        list(nowhere.lists({CODE: pki.authority(CODE).der}))
