"""The transcript of a ceremony: canonical JSON whose steps are chained, checked by anybody.

What a transcript says of a certificate, of the plan and of the order of the steps is recomputed
from what it holds; who made it is told by the signatures beside it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guichet.x509.errors import LIBRARY_REFUSALS

FORM: Final = "guichet-ceremony-transcript"
VERSION: Final = 1
JSON: Final = "transcript.json"
PDF: Final = "transcript.pdf"
MANIFEST: Final = "manifest.json"
SEAL: Final = "seal.cms"
GENESIS: Final = "0" * 64
PARTS: Final = frozenset(
    {
        *("form", "version", "ceremony", "rehearsal", "title", "environment", "place", "day"),
        *("plan", "officers", "witnesses", "secret", "keystore", "software", "seal"),
        *("steps", "certificates"),
    }
)


def canonical(content: Mapping[str, Any]) -> bytes:
    """One JSON text for one content: sorted names, no space, UTF-8."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def chained(step: Mapping[str, Any], previous: str) -> dict[str, Any]:
    """A step with the digest of the one before it, and its own, which covers both."""
    content = {**step, "previous": previous}
    return {**content, "digest": hashlib.sha256(canonical(content)).hexdigest()}


def sha256(data: bytes) -> str:
    """In hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def certificate_of(pem: str) -> tuple[str, str]:
    """SHA-256 of a certificate and of its SubjectPublicKeyInfo. Raises ValueError."""
    try:
        found = x509.load_pem_x509_certificate(pem.encode())
        spki = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except LIBRARY_REFUSALS as error:
        raise ValueError("no certificate can be read") from error
    return sha256(found.public_bytes(Encoding.DER)), sha256(spki)


def read(data: bytes) -> dict[str, Any]:
    """A transcript as it was written. Raises ValueError, in words, for what is none."""
    try:
        content = json.loads(data)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ValueError("The transcript is not JSON.") from error
    if not isinstance(content, dict) or content.get("form") != FORM:
        raise ValueError("This is not the transcript of a ceremony.")
    if content.get("version") != VERSION:
        raise ValueError("The transcript is of a form that this program does not know.")
    if set(content) != PARTS:
        raise ValueError(
            f"The transcript holds other parts: {', '.join(sorted(PARTS ^ set(content)))}."
        )
    if canonical(content) != data:
        raise ValueError("The transcript is not written as it was: its text was changed.")
    return content


def faults(content: Mapping[str, Any]) -> Iterator[str]:
    """What a transcript says that does not agree with what it holds, in words."""
    if sha256(content["plan"]["text"].encode()) != content["plan"]["sha256"]:
        yield "The plan is not the one whose hash is told."
    if content["plan"]["sha256"][:12] != content["ceremony"]:
        yield "The ceremony does not bear the name of its plan."
    yield from _chain(content["steps"])
    told = set()
    for found in content["certificates"]:
        told.add(found["sha256"])
        try:
            actual = certificate_of(found["pem"])
        except ValueError:
            actual = ("", "")
        if actual != (found["sha256"], found["key_sha256"]):
            yield f"{found['code']}: the certificate is not the one whose hash is told."
    for step in content["steps"]:
        wanted = step["facts"].get("certificate_sha256")
        if step["step"].startswith("act-") and wanted and wanted not in told:
            yield f"{step['step']}: the certificate that it tells of is missing."


def _chain(steps: list[dict[str, Any]]) -> Iterator[str]:
    previous = GENESIS
    for step in steps:
        bare = {name: value for name, value in step.items() if name not in {"previous", "digest"}}
        if chained(bare, previous) != step:
            yield f"{step['step']}: the step was changed, or does not follow the one before it."
        previous = step["digest"]
    keys = [step["step"] for step in steps]
    if keys[:1] != ["open"] or keys[-1:] != ["close"]:
        yield "The first or the last step is missing."
