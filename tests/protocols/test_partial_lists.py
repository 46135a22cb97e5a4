"""Lists of a part of an authority, and their deltas: fetched and believed as certificates say.

OpenSSL and Java follow the addresses of a certificate; pkilint reads what is there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from guichet.domain.certificates.plan import PkiUrls
from guichet.x509 import bundles, lints
from guichet.x509.crl import Reason, RevokedEntry
from kit.java import Judge
from kit.loopback import Handler, serving
from kit.pki import Leaf, Pki
from protocols.evidence import pem_file, run

pytestmark = pytest.mark.xdist_group("stack")  # with who else uses Java's judge
CODE, ROOT = "ACI-EL-ORG-TEST", "ACR-EL-TEST"


@dataclass
class Published:
    """A hierarchy whose addresses answer, and the files that judges want."""

    pki: Pki
    folder: Path
    files: dict[str, bytes] = field(default_factory=dict)

    def pem(self, name: str, der: bytes) -> Path:
        path = self.folder / f"{name}.pem"
        path.write_text(bundles.pem(der))
        return path

    def shard(self, number: int, *revoked: Leaf) -> bytes:
        """The full list of one shard; published."""
        point = self.pki.urls.crl(CODE, number)
        freshest = self.pki.urls.delta_crl(CODE, number)
        der = self.pki.crl(revoked=entries(self.pki, revoked), point=point, freshest=freshest)
        self.files[point] = der
        return der

    def delta(self, number: int, *revoked: Leaf) -> bytes:
        """What changed in a shard since its list number 1; published."""
        point = self.pki.urls.crl(CODE, number)
        listed = entries(self.pki, revoked)
        der = self.pki.crl(revoked=listed, number=2, base_number=1, point=point)
        self.files[self.pki.urls.delta_crl(CODE, number)] = der
        return der


def entries(pki: Pki, revoked: tuple[Leaf, ...]) -> list[RevokedEntry]:
    return [RevokedEntry(leaf.serial, pki.now, Reason.KEY_COMPROMISE) for leaf in revoked]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Two shards; in the first, one certificate is on the full list and one on the delta."""

    class Files(Handler):
        def reply(self, _body: bytes | None) -> None:
            found = answers.files.get(answers.pki.urls.base + self.path)
            self.answer(404 if found is None else 200, "application/pkix-crl", found or b"")

    with serving(Files) as address:
        now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        pki = Pki(now=now, urls=PkiUrls(address))
        answers = Published(pki, tmp_path_factory.mktemp("partial"))
        yield answers


@dataclass(frozen=True)
class Case:
    """Certificates of shard 1, what tells of each, and their authorities."""

    good: Path
    listed: Path
    changed: Path
    issuer: Path
    root: Path
    own: bytes
    other: bytes
    delta: bytes
    above: bytes


@pytest.fixture(scope="module")
def case(published: Published) -> Case:
    pki = published.pki
    good, listed, changed, elsewhere = (pki.leaf(shard=1 + (i == 3)) for i in range(4))
    published.files[pki.urls.crl(ROOT)] = above = pki.crl(ROOT)
    published.delta(2)
    return Case(
        good=published.pem("good", good.der),
        listed=published.pem("listed", listed.der),
        changed=published.pem("changed", changed.der),
        issuer=published.pem("issuer", pki.authority(CODE).der),
        root=published.pem("root", pki.authority(ROOT).der),
        own=published.shard(1, listed),
        other=published.shard(2, elsewhere),
        delta=published.delta(1, changed),
        above=above,
    )


def openssl(case: Case, certificate: Path, *options: str | Path) -> str:
    trust = ("-CAfile", case.root, "-untrusted", case.issuer, "-x509_strict", "-extended_crl")
    return run("openssl", "verify", *trust, *options, certificate)


def test_only_its_own_list_tells_of_a_certificate(case: Case, tmp_path: Path) -> None:
    """Another shard's list is out of scope, though the same authority signed it."""
    own = pem_file(tmp_path / "own.pem", [case.own, case.above])
    other = pem_file(tmp_path / "other.pem", [case.other, case.above])
    assert openssl(case, case.good, "-crl_check_all", "-CRLfile", own).endswith("OK\n")
    assert "certificate revoked" in openssl(case, case.listed, "-crl_check_all", "-CRLfile", own)
    refused = openssl(case, case.good, "-crl_check_all", "-CRLfile", other)
    assert "different CRL scope" in refused


def test_the_delta_of_a_shard(case: Case, tmp_path: Path) -> None:
    """What the full list does not tell yet."""
    full = pem_file(tmp_path / "full.pem", [case.own, case.above])
    both = pem_file(tmp_path / "both.pem", [case.own, case.delta, case.above])
    check = ("-crl_check_all", "-use_deltas", "-CRLfile")
    assert openssl(case, case.changed, *check, full).endswith("OK\n")
    assert openssl(case, case.good, *check, both).endswith("OK\n")
    for certificate in (case.changed, case.listed):
        assert "certificate revoked" in openssl(case, certificate, *check, both)


def test_fetched_where_certificates_say(case: Case, judge: Judge) -> None:
    """By OpenSSL full list and delta, by Java the full list."""
    fetch = ("-crl_check", "-use_deltas", "-crl_download")
    assert openssl(case, case.good, *fetch).endswith("OK\n")
    assert "certificate revoked" in openssl(case, case.listed, *fetch)
    assert "certificate revoked" in openssl(case, case.changed, *fetch)
    verdicts = judge.verdicts("crl", case.root, case.issuer, case.good, case.listed)
    assert verdicts == ["good", "revoked KEY_COMPROMISE"]


def test_as_pkilint_reads_them(case: Case) -> None:
    """No finding of WARNING or above."""
    for der in (case.own, case.other, case.delta):
        assert lints.lint_crl(der) == ()
