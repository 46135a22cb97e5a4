"""ML-DSA as others verify it: OpenSSL 3.5 by Node, and dilithium-py, of another lineage."""

import base64
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import ocsp as library
from dilithium_py import ml_dsa

from guichet.domain.certificates import csr_policy
from guichet.x509 import (
    bundles,
    certificate,
    chains,
    crl,
    der,
    keys,
    lints,
    ocsp,
    ocsp_answer,
    relying,
)
from guichet.x509 import signatures as schemes
from guichet.x509.crl import Reason, RevokedEntry
from guichet.x509.ocsp import Good
from guichet.x509.ocsp_answer import Responder, Signature, Single, Validity
from kit.java import Judge, that_knows_ml_dsa
from kit.pki import NOW, Leaf, Pki, kept_key

ROOT, ISSUER = "ACR-PQ-TEST", "ACI-PQ-ORG-TEST"
FOLDER = Path(__file__).parents[2]
BY_IDENTIFIER = {
    schemes.named("ml-dsa-44").identifier: ml_dsa.ML_DSA_44,
    schemes.named("ml-dsa-65").identifier: ml_dsa.ML_DSA_65,
    schemes.named("ml-dsa-87").identifier: ml_dsa.ML_DSA_87,
}
LEAVES = [
    *(("ORG/AUTH_CLI", kind) for kind in ("ml-dsa-44", "ml-dsa-65", "ml-dsa-87", "ed25519")),
    *(("ORG/SIGN", "ml-dsa-65"), ("ORG/SIGN", "p-256"), ("ORG/CONF", "rsa-2048")),
]


@dataclass(frozen=True)
class Signed:
    """What was signed, its algorithm and its signature, as a certificate or a list holds them."""

    data: bytes
    algorithm: bytes
    signature: bytes
    spki: bytes

    @classmethod
    def of(cls, encoding: bytes, issuer: bytes) -> "Signed":
        """SEQUENCE {tbs, algorithm, signature}, by the key of this certificate."""
        tbs, algorithm, signature = der.single(encoding).children()
        spki = certificate.spki_der(issuer)
        return cls(tbs.encoding, algorithm.encoding, signature.contents[1:], spki)

    @property
    def broken(self) -> "Signed":
        """One bit of the signature turned."""
        return replace(self, signature=self.signature[:-1] + bytes([self.signature[-1] ^ 1]))

    @property
    def by_dilithium_py(self) -> bool:
        """What the Python library says, by FIPS 204 with an empty context."""
        key = der.single(self.spki).children()[1].contents[1:]
        return bool(BY_IDENTIFIER[self.algorithm].verify(key, self.data, self.signature))


def by_node(
    certificates: Iterable[tuple[bytes, bytes]], signatures: Iterable[Signed]
) -> list[bool]:
    """What OpenSSL says through Node: is each issued by the other, is each signed."""
    asked = {
        "certificates": [
            {"subject": _text(subject), "issuer": _text(issuer)} for subject, issuer in certificates
        ],
        "signatures": [
            {"spki": _text(s.spki), "data": _text(s.data), "signature": _text(s.signature)}
            for s in signatures
        ],
    }
    done = subprocess.run(
        ["node", FOLDER / "tests" / "kit" / "post_quantum.mjs"],
        env=os.environ | {"PATH": f"{FOLDER / '.venv' / 'bin'}:{os.environ['PATH']}"},
        input=json.dumps(asked).encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )
    answers: list[bool] = json.loads(done.stdout)
    return answers


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


@pytest.fixture(scope="module")
def pki() -> Pki:
    """The demo's hierarchy, its post-quantum authorities as they are declared."""
    return Pki()


def issued(pki: Pki) -> list[Leaf]:
    """Every profile and kind of key that the post-quantum authority certifies."""
    return [
        pki.leaf(profile, key=kept_key(f"pq {kind}", kind), authority=ISSUER)
        for profile, kind in LEAVES
    ]


def test_certificates_and_lists(pki: Pki) -> None:
    """ACCEPTED by both, and here; REFUSED with one bit turned, or under another authority."""
    root, issuer = pki.authority(ROOT).der, pki.authority(ISSUER).der
    leaves = [leaf.der for leaf in issued(pki)]
    entry = RevokedEntry(12345, NOW, Reason.SUPERSEDED)
    lists = [pki.crl(ROOT), pki.crl(ISSUER, [entry])]
    pairs = [(root, root), (issuer, root), *((leaf, issuer) for leaf in leaves)]
    signed = [Signed.of(subject, by) for subject, by in pairs]
    signed += [Signed.of(lists[0], root), Signed.of(lists[1], issuer)]
    broken = [one.broken for one in signed]
    answers = by_node([*pairs, (leaves[0], root)], [*signed, *broken])
    assert answers == [True] * len(pairs) + [False] + [True] * len(signed) + [False] * len(broken)
    assert [one.by_dilithium_py for one in (*signed, *broken)] == answers[len(pairs) + 1 :]
    assert all(certificate.is_signed_by(subject, by) for subject, by in pairs)
    assert crl.is_signed_by(lists[1], issuer)
    assert crl.read(lists[1]).entries == {12345: entry}
    found = [lints.lint_certificate(one) for one in (root, issuer, *leaves)]
    assert [*found, *map(lints.lint_crl, lists)] == [()] * (len(found) + len(lists))


def test_java(judge: Judge, tmp_path: Path) -> None:
    """ACCEPTED by an implementation of its own; REFUSED with one bit turned."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
    leaves = issued(Pki(now=now))
    good = [leaf.der for leaf in leaves]
    ders = [*leaves[0].chain[1:], *good, good[0][:-1] + bytes([good[0][-1] ^ 1])]
    written = [tmp_path / f"{rank}.pem" for rank, _ in enumerate(ders)]
    for path, found in zip(written, ders, strict=True):
        path.write_text(bundles.pem(found))
    issuer, root, *certificates = written
    said = judge.verdicts("chain", root, issuer, *certificates, java=that_knows_ml_dsa())
    assert said == ["good"] * len(leaves) + ["INVALID_SIGNATURE signature check failed"]


@pytest.mark.parametrize(("profile", "kind"), LEAVES)
def test_chains(pki: Pki, profile: str, kind: str) -> None:
    """ACCEPTED from leaf to root; keys that only sign say so, and no more (RFC 9881 5)."""
    leaf = pki.leaf(profile, key=kept_key(f"pq {kind}", kind), authority=ISSUER)
    assert chains.verify(leaf.chain, [leaf.chain[-1]], leaf.chain[1:2], NOW).chain == leaf.chain
    usage = certificate.load(leaf.der).extensions.get_extension_for_class(x509.KeyUsage).value
    if kind in keys.PURE:
        assert usage.digital_signature
        assert not any((usage.key_encipherment, usage.data_encipherment, usage.key_agreement))


def test_answers_of_a_delegate(pki: Pki) -> None:
    """ACCEPTED: the authority certifies by ML-DSA an elliptic curve key that signs answers."""
    leaf, key = pki.leaf(authority=ISSUER), kept_key("responder", "p-256")
    delegate = pki.leaf("OCSP", key=key, authority=ISSUER)
    responder = Responder(signature=Signature.of(delegate.der), key=schemes.bound(key))
    (asked,) = ocsp.read_request(relying.ask(leaf.serial, leaf.chain[1])).certificates
    validity = Validity(this_update=NOW, next_update=NOW + timedelta(days=1))
    answer = ocsp_answer.sign(responder, [Single(asked, Good(), validity)], NOW, None)
    assert lints.lint_ocsp(answer) == ()
    assert relying.read_answer(answer, leaf.chain[1], leaf.serial, NOW).status == "good"
    assert len(library.load_der_ocsp_response(answer).certificates) == 1
    assert by_node([(delegate.der, leaf.chain[1])], []) == [True]


def test_answers_signed_by_ml_dsa(pki: Pki) -> None:
    """ACCEPTED here and by the other library: what a delegate with such a key would sign."""
    leaf, key = pki.leaf(authority=ISSUER), kept_key("pq responder", "ml-dsa-44")
    delegate = pki.leaf("OCSP", key=kept_key("responder", "p-256"), authority=ISSUER,
                        spki_der=keys.public_half(key))  # fmt: skip
    responder = Responder(signature=Signature.of(delegate.der), key=schemes.bound(key))
    (asked,) = ocsp.read_request(relying.ask(leaf.serial, leaf.chain[1])).certificates
    validity = Validity(this_update=NOW, next_update=NOW + timedelta(days=1))
    answer = ocsp_answer.sign(responder, [Single(asked, Good(), validity)], NOW, None)
    assert relying.read_answer(answer, leaf.chain[1], leaf.serial, NOW).status == "good"
    response = library.load_der_ocsp_response(answer)
    raw = der.single(keys.public_half(key)).children()[1].contents[1:]
    assert ml_dsa.ML_DSA_44.verify(raw, response.tbs_response_bytes, response.signature)


def test_a_request_is_admitted(pki: Pki) -> None:
    """ACCEPTED: possession is proved by the key itself, as the other library says too."""
    key = kept_key("pq ml-dsa-65", "ml-dsa-65")
    request = pki.csr(key)
    tbs, _algorithm, signature = der.single(request).children()
    raw = der.single(keys.public_half(key)).children()[1].contents[1:]
    assert ml_dsa.ML_DSA_65.verify(raw, tbs.encoding, signature.contents[1:])
    assert csr_policy.read(request).signature_valid
