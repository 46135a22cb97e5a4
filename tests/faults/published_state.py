"""What is published, as relying parties and auditors read it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from faults import signer_process as base
from guichet.validation import records
from guichet.validation.answers import Validation
from guichet.validation.store import StoreWriter, named
from guichet.x509 import certificate, crl
from guichet.x509.ocsp import Good

ISSUED = "ACI-EL-ORG-TEST"


def at(seconds: int) -> datetime:
    """So many seconds after NOW."""
    return base.NOW + timedelta(seconds=seconds)


def published() -> Path:
    """The published folder of this site."""
    return base.state() / "published"


def readable(seconds: int) -> dict[str, Any]:
    """What relying parties read, by a process that opens it now: lists whole, readiness, statuses.

    No key is here: every answer is the publisher's.
    """
    folder = published()
    for path in sorted((folder / "crl").glob("[!.]*.crl")):
        issuer = folder / "ac" / f"{path.stem.removesuffix('-delta')}.cer"
        assert crl.is_signed_by(path.read_bytes(), issuer.read_bytes()), path
    validation = Validation(folder, base.state() / "no-key")
    validation.refresh()
    ready = validation.answer("GET", "/readyz", b"", at(seconds))
    told = Counter(answered(validation, seconds))
    return {"ready": ready.body.decode().strip(), "told": told}


def answered(validation: Validation, seconds: int) -> Iterator[str]:
    """The answer about each certificate that tests issue and revoke."""
    issuer = (published() / "ac" / f"{ISSUED}.cer").read_bytes()
    for path in sorted((base.state() / "asked").iterdir()):
        builder = ocsp.OCSPRequestBuilder().add_certificate(
            certificate.load(path.read_bytes()), certificate.load(issuer), hashes.SHA256()
        )
        body = builder.build().public_bytes(Encoding.DER)
        found = ocsp.load_der_ocsp_response(
            validation.answer("POST", "/ocsp", body, at(seconds)).body
        )
        is_answer = found.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        yield (found.certificate_status if is_answer else found.response_status).name


def signed_since() -> list[int]:
    """Between which instants answers were signed, in seconds."""
    with StoreWriter(published()) as store:
        every = [records.signatures(record) for _, record in store.log.page(b"", at_most=1 << 30)]
    assert every
    assert all(every)
    instants = [int((one.this_update - base.NOW).total_seconds()) for one in every if one]
    return [min(instants), max(instants)]


def statuses(folder: Path) -> dict[tuple[str, int], bool]:
    """Whether each certificate is told revoked, by authority and serial number."""
    with StoreWriter(folder) as store:
        return {
            named(where): not isinstance(records.status(record), Good)
            for where, record in store.log.page(b"", at_most=1 << 30)
        }
