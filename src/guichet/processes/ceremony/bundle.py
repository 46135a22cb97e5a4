"""What a ceremony leaves: its transcript, as data and on paper, sealed and signed.

The manifest names both by their hash; the seal and the officers' cards sign the manifest.
"""

from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils import timezone

from guichet.domain.ceremonies import transcript
from guichet.domain.ceremonies.plan import Officer
from guichet.domain.ceremonies.transcript import JSON, MANIFEST, PDF, SEAL, canonical, sha256
from guichet.journal.events import Event
from guichet.processes.ceremony import paper, seal
from guichet.processes.ceremony.desk import Desk
from guichet.processes.ceremony.record import Record, write_whole
from guichet.processes.ceremony.setting import Setting, card_of
from guichet.processes.ceremony.telling import tell
from guichet.x509 import cms, names
from guichet.x509.errors import Unreadable

FOLDER: Final = "transcript"
READABLE: Final = 0o644
SOFTWARE: Final = (
    *("python", "openssl", "guichet", "cryptography", "pycryptodome", "python-pkcs11", "typst"),
)


def finish(setting: Setting, record: Record) -> Path:
    """Write the transcript, seal it, have it signed; return its folder. Safe to repeat."""
    folder = setting.folder / FOLDER
    folder.mkdir(exist_ok=True, mode=0o755)
    if not (folder / SEAL).exists():
        _write(setting, record, folder)
    for number, officer in enumerate(setting.plan.officers, start=1):
        if officer.certificate and not (folder / f"officer-{number}.cms").exists():
            _ask_signature(setting.desk, folder, officer, number)
    data = (folder / JSON).read_bytes()
    told = {"transcript": sha256(data), "seal": sha256(seal.certificate(setting.folder))}
    tell(Event.CEREMONY_ENDED, setting.plan, timezone.now(), told)
    seal.destroy(setting.folder)
    return folder


def _write(setting: Setting, record: Record, folder: Path) -> None:
    """The same record is the same transcript: what a cut left is written over."""
    content = _content(setting, record)
    data = canonical(content)
    drawn = paper.draw(content, sha256(data))
    write_whole(folder / JSON, data, READABLE)
    write_whole(folder / PDF, drawn, READABLE)
    manifest = canonical({"files": {JSON: sha256(data), PDF: sha256(drawn)}})
    write_whole(folder / MANIFEST, manifest, READABLE)
    write_whole(folder / SEAL, seal.sign(setting.folder, manifest), READABLE)


def _content(setting: Setting, record: Record) -> dict[str, Any]:
    plan, opening = setting.plan, record.facts("open")
    own = seal.certificate(setting.folder)
    return {
        "form": transcript.FORM,
        "version": transcript.VERSION,
        "ceremony": plan.id,
        "rehearsal": setting.is_rehearsal,
        "title": plan.title,
        "environment": plan.environment.value,
        "place": plan.place,
        "day": plan.day.isoformat(),
        "plan": {"text": plan.text.decode(), "sha256": plan.sha256},
        "officers": [_officer(officer, setting) for officer in plan.officers],
        "witnesses": list(plan.witnesses),
        "secret": {k: v for k, v in record.facts("custody").items() if k != "journal"},
        "keystore": plan.keystore,
        "software": {name: opening[name] for name in SOFTWARE},
        "seal": {"pem": _pem(own), "sha256": sha256(own)},
        "steps": record.steps,
        "certificates": record.certificates,
    }


def _officer(officer: Officer, setting: Setting) -> dict[str, str]:
    card = card_of(officer, setting.beside)
    return {
        "name": officer.name,
        "role": officer.role,
        "share": officer.share.value,
        "card_pem": _pem(card) if card else "",
    }


def _pem(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()


def _ask_signature(desk: Desk, folder: Path, officer: Officer, number: int) -> None:
    """By the card's file if it is here; a card of plastic signs the manifest by its own tool."""
    path = desk.ask(f"{officer.name} signs with the card's file (.p12, .pem); nothing, later")
    if not path:
        desk.say(
            f"{officer.name} signs later: `guichet ceremony sign FOLDER --officer {number}`, or a "
            f"CMS tool: {MANIFEST}, detached, DER, into officer-{number}.cms."
        )
        return
    try:
        said = sign(folder, number, Path(path), desk.ask_secret("Its password").encode())
    except (OSError, Unreadable) as error:
        desk.say(
            f"Not signed ({error}). Sign later: `guichet ceremony sign FOLDER --officer {number}`."
        )
    else:
        desk.say(f"Signed by {said}.")


def sign(folder: Path, number: int, card: Path, password: bytes) -> str:
    """Sign a transcript's manifest with an officer's card file; return the signer's name.

    Raises OSError, Unreadable: "password", "card".
    """
    key, own, chain = cms.card(card.read_bytes(), password)
    signature = cms.sign((folder / MANIFEST).read_bytes(), key, own, chain)
    write_whole(folder / f"officer-{number}.cms", signature, READABLE)
    return names.display(x509.load_der_x509_certificate(own).subject)
