"""Checking a transcript with nothing but its folder and the certificates that one trusts."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.domain.ceremonies import transcript
from guichet.domain.ceremonies.transcript import JSON, MANIFEST, PDF, SEAL, canonical, sha256
from guichet.processes import screens
from guichet.x509 import chains, cms, names
from guichet.x509.chains import ChainError
from guichet.x509.errors import LIBRARY_REFUSALS, Unreadable

DONE, HALTED, WRONG = 0, 1, 2
CHAINS = {
    "untrusted": "not by an authority that was given as trusted",
    "expired": "expired when the ceremony ended",
    "not-yet-valid": "not yet valid when the ceremony ended",
    "malformed": "with a chain that cannot be read",
}


@dataclass(slots=True)
class Verdict:
    """What was found. `is_anchored`: something signs it that the reader had already.

    `signers`: SHA-256 of the certificates whose signatures were verified, and whose they are.
    """

    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    signers: dict[str, str] = field(default_factory=dict)
    is_anchored: bool = False

    @property
    def ok(self) -> bool:
        """Whether it is whole, and made by who is trusted."""
        return not self.faults and self.is_anchored


def verify(
    folder: Path, trusted: Sequence[bytes], given: Sequence[bytes], seal: str = ""
) -> Verdict:
    """Check a transcript: hashes, chain of steps, certificates, seal, officers' signatures.

    `trusted`: certificates, DER, of the authorities of the officers' cards, roots first among them;
    `given`: certificates that the reader has from elsewhere (a card's, an authority's); `seal`: the
    hash of the seal's certificate as the signed paper or the journal tells it, spaces allowed.
    """
    verdict = Verdict()
    try:
        manifest, content = _read(folder, verdict)
    except (OSError, ValueError, KeyError, TypeError) as error:
        verdict.faults.append(f"The transcript cannot be read: {error}")
        return verdict
    try:
        verdict.faults += transcript.faults(content)
        _seal(folder, manifest, content, verdict)
        _paper(content, seal, verdict)
        _officers(folder, manifest, content, trusted, verdict)
        _given(content, given, verdict)
    except (KeyError, TypeError, AttributeError, IndexError, *LIBRARY_REFUSALS) as error:
        verdict.faults.append(f"A part of the transcript is not what it should be: {error}")
    if not verdict.faults and not verdict.is_anchored:
        verdict.told.append(
            "It is whole, but nothing shows who made it: give the hash of the seal that stands on "
            "the signed paper (--seal), or the authorities of the cards (--trust)."
        )
    return verdict


def _read(folder: Path, verdict: Verdict) -> tuple[bytes, dict[str, Any]]:
    manifest = (folder / MANIFEST).read_bytes()
    listed = json.loads(manifest)
    if canonical(listed) != manifest or set(listed["files"]) != {JSON, PDF}:
        raise ValueError("the manifest is not written as it was")
    for name, wanted in listed["files"].items():
        if sha256((folder / name).read_bytes()) != wanted:
            verdict.faults.append(f"{name}: the file is not the one that was signed.")
    data = (folder / JSON).read_bytes()
    content = transcript.read(data)
    kind = "Rehearsal" if content["rehearsal"] else "Ceremony"
    verdict.told.append(f"{kind} {content['ceremony']}: {content['title']}")
    verdict.told.append(f"SHA-256 of {JSON}, as the journal's ceremony-ended: {sha256(data)}")
    return manifest, content


def _seal(folder: Path, manifest: bytes, content: dict[str, Any], verdict: Verdict) -> None:
    own = _der(content["seal"]["pem"])
    try:
        signer, _others = cms.signer((folder / SEAL).read_bytes(), manifest)
    except (OSError, Unreadable):
        verdict.faults.append("The seal is missing, or is not one of these files.")
        return
    if signer != own or sha256(own) != content["seal"]["sha256"]:
        verdict.faults.append("The seal is not by the key that the transcript names.")
    else:
        verdict.signers[sha256(own)] = "the seal's"
        verdict.told.append(f"Sealed; SHA-256 of the seal's certificate: {sha256(own)}")


def _paper(content: dict[str, Any], seal: str, verdict: Verdict) -> None:
    wanted = "".join(seal.split()).lower()
    if wanted and wanted != content["seal"]["sha256"]:
        verdict.faults.append("The seal is not the one that the paper tells of.")
    elif wanted:
        verdict.is_anchored = True


def _officers(
    folder: Path,
    manifest: bytes,
    content: dict[str, Any],
    trusted: Sequence[bytes],
    verdict: Verdict,
) -> None:
    at = datetime.fromisoformat(content["steps"][-1]["ended"])
    for number, officer in enumerate(content["officers"], start=1):
        path = folder / f"officer-{number}.cms"
        if not path.exists():
            verdict.told.append(f"{officer['name']}: no signature by a card.")
            continue
        try:
            signer, others = cms.signer(path.read_bytes(), manifest)
        except (OSError, Unreadable):
            verdict.faults.append(f"{officer['name']}: the signature is not one of these files.")
            continue
        if officer["card_pem"] and signer != _der(officer["card_pem"]):
            verdict.faults.append(f"{officer['name']}: signed by another card than the plan's.")
            continue
        verdict.signers[sha256(signer)] = officer["name"]
        name = names.display(x509.load_der_x509_certificate(signer).subject)
        verdict.told.append(
            f"{officer['name']}: signed by {name}{_trust(signer, others, trusted, at, verdict)}"
        )


def _trust(
    signer: bytes,
    others: Sequence[bytes],
    trusted: Sequence[bytes],
    at: datetime,
    verdict: Verdict,
) -> str:
    if not trusted:
        return ""
    try:
        chains.verify((signer, *others)[: chains.MAX_PRESENTED], trusted, others, at)
    except ChainError as error:
        verdict.faults.append(f"A card signed {CHAINS[error.kind]}.")
        return ""
    verdict.is_anchored = True
    return ", trusted"


def _given(content: dict[str, Any], given: Sequence[bytes], verdict: Verdict) -> None:
    """Each certificate from elsewhere is one that the transcript tells of, or that signs it."""
    told = {found["sha256"]: found["code"] for found in content["certificates"]}
    for certificate in given:
        digest = sha256(certificate)
        name = told.get(digest) or verdict.signers.get(digest)
        if name is None:
            verdict.faults.append(f"A certificate given is neither told nor signs: {digest}")
        else:
            verdict.told.append(f"Certificate given: {name}")
            verdict.is_anchored = verdict.is_anchored or digest in verdict.signers


def _der(pem: str) -> bytes:
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


def certificates(paths: Sequence[Path]) -> Iterator[bytes]:
    """Every certificate of PEM files, DER. Raises OSError; ValueError, in words."""
    for path in paths:
        try:
            found = x509.load_pem_x509_certificates(path.read_bytes())
        except LIBRARY_REFUSALS as error:
            raise ValueError(f"{path} holds no certificate in PEM") from error
        yield from (certificate.public_bytes(Encoding.DER) for certificate in found)


def check(folder: Path, trusted: Sequence[Path], given: Sequence[Path], seal: str = "") -> int:
    """Verify a transcript offline, and say everything that was found: a report, also of faults."""
    screen = screens.answering()
    try:
        anchors, known = tuple(certificates(trusted)), tuple(certificates(given))
        verdict = verify(folder, anchors, known, seal)
    except (OSError, ValueError) as error:
        screens.refusing().print(str(error))
        return WRONG
    for line in (*verdict.told, *verdict.faults):
        screen.print(line)
    if verdict.faults:
        screen.print("The transcript is NOT whole.")
    elif verdict.is_anchored:
        screen.print("The transcript is whole, and made by who is trusted.")
    return DONE if verdict.ok else HALTED
