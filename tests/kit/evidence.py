"""The evidence file of one certificate in a tiny log: no product code."""

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kit.evidence_log import BEGUN, ORIGIN, Log, sha256, text_of

Content = tuple[str, dict[str, str | int | None]]


@dataclass
class Chain:
    """A root, an authority and a certificate."""

    root: x509.Certificate
    authority: x509.Certificate
    certificate: x509.Certificate

    def pem(self, *which: str) -> str:
        return "".join(getattr(self, name).public_bytes(Encoding.PEM).decode() for name in which)

    @property
    def spki(self) -> str:
        key = self.certificate.public_key()
        return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def chain() -> Chain:
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("Racine", "AC", "Service")}
    root = _certificate("Racine", "Racine", keys, is_authority=True)
    authority = _certificate("AC", "Racine", keys, is_authority=True)
    return Chain(root, authority, _certificate("Service", "AC", keys, is_authority=False))


def _certificate(
    name: str, issuer: str, keys: dict[str, ec.EllipticCurvePrivateKey], *, is_authority: bool
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    builder = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(keys[name].public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGUN - timedelta(days=1))
        .not_valid_after(BEGUN + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    return builder.sign(keys[issuer], hashes.SHA256())


@dataclass
class Case:
    """A log, its chain and what an evidence file of it opens."""

    log: Log
    made: Chain
    documents: dict[str, str]
    places: dict[str, int]

    def file(self, size: int | None = None) -> dict[str, Any]:
        """The evidence file, as JSON holds it."""
        size = size or len(self.log.leaves)
        entries = [self.log.entry(n, size, "content") for n in sorted(self.places.values())]
        file: dict[str, Any] = {
            "format": f"guichet-evidence/{2 if BEHIND & self.documents.keys() else 1}",
            "made_at": BEGUN.isoformat(),
            "log": {
                "origin": ORIGIN,
                "vkey": self.log.vkey,
                "checkpoint": self.log.checkpoint(size),
            },
            "entries": entries,
            "documents": self.documents,
        }
        return json.loads(json.dumps(file))  # type: ignore[no-any-return]


RIGHT = "2b1c7d9e-0000-4000-8000-000000000001"
SIGNING = "signing:2b1c7d9e-0000-4000-8000-000000000002"
STRUCTURE = "structure:10B0135356"
DELEGATION: dict[str, Any] = {
    "delegation": 5,
    "structure": "10B0135356",
    "editor": "40393866500037",
    "offers": ["ORG", "SERV"],
    "starts_at": (BEGUN - timedelta(days=2)).isoformat(),
    "ends_at": (BEGUN + timedelta(days=2)).isoformat(),
}
CARRYING: dict[str, Any] = {
    "renewal": 3,
    "right": "2b1c7d9e-0000-4000-8000-000000000009",
    "successor": RIGHT,
    "structure": "10B0135356",
    "offer": "ORG",
    "usages": ["AUTH_CLI", "SIGN"],
}
DELEGATED: dict[str, Any] = {
    "habilitation": {"origin": "delegation:5", "dossiers": ["dossier:15", "dossier:12"]},
    "behind": {"delegation": DELEGATION},
}
CARRIED: dict[str, Any] = {
    "habilitation": {"origin": "renewal:3", "dossiers": ["dossier:12"]},
    "behind": {"carrying": CARRYING},
}


def behind(kind: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """The same, but for what the document behind the habilitation tells otherwise."""
    ((name, told),) = kind["behind"].items()
    return kind | {"behind": {name: told | changed}}


def case(**changed: dict[str, Any]) -> Case:
    """The story of one certificate, from its dossier to its withdrawal.

    `changed` says what a document tells otherwise: the log then carries that one's digest.
    """
    made, log = chain(), Log()
    serial = made.certificate.serial_number
    octets = serial.to_bytes((serial.bit_length() + 7) // 8, "big").hex(":").upper()
    right = {
        "right": RIGHT,
        "structure": "10B0135356",
        "offer": "ORG",
        "usages": ["AUTH_CLI"],
        "domains": ["exemple.fr"],
        "origin": "dossier:12",
        "starts_at": BEGUN.isoformat(),
        "ends_at": None,
    } | changed.get("habilitation", {})
    order = {"order": 7, "right": RIGHT, "structure": "10B0135356", "profile": "ORG/AUTH_CLI"}
    texts = {
        "dossier": {"dossier": 12, "revision": 1, "content_sha256": "ab" * 32},
        "decision": {"dossier": 12, "revision": 1, "kind": "accept"} | changed.get("decision", {}),
        "habilitation": right,
        "order": order | changed.get("order", {}),
        "withdrawal": {
            "order": 7,
            "product": 3,
            "certificate_sha256": sha256(made.certificate.public_bytes(Encoding.DER)),
        },
    }
    texts |= changed.get("behind", {})
    documents = {name: text_of(content) for name, content in texts.items()}
    tbs = made.certificate.tbs_certificate_bytes
    documents["intent"] = base64.b64encode(tbs).decode()
    documents["certificate"] = made.pem("certificate")
    documents["chain"] = made.pem("authority", "root")
    of = {name: sha256(text) for name, text in documents.items()}
    of["intent"], of["certificate"] = sha256(tbs), texts["withdrawal"]["certificate_sha256"]
    key = changed.get("key", {"key": made.spki})
    told: dict[str, tuple[str, str, dict[str, Any]]] = {
        "dossier": ("dossier-deposited", "dossier:12", {"revision": 1}),
        "decision": ("dossier-accepted", "dossier:12", {"décision": "ZÉRO €\u2028"}),
        "delegation": ("delegation-accepted", STRUCTURE, {"delegation": 5}),
        "habilitation": ("right-granted", STRUCTURE, {"right": RIGHT}),
        "carrying": ("right-carried-over", STRUCTURE, {"renewal": 3}),
        "request": ("signing-requested", SIGNING, {"spki_sha256": key["key"]}),
        "order": ("order-placed", "order:7", {"habilitation": of["habilitation"], **key}),
        "intent": ("signing-planned", SIGNING, {"reference": "order:7", "serial": octets}),
        "certificate": ("certificate-issued", SIGNING, {"serial": octets}),
        "withdrawal": ("order-withdrawn", "order:7", {"product": 3}),
    }
    for name in BEHIND - documents.keys():
        del told[name]
    places = {}
    for name in changed.get("sequence", {"names": told})["names"]:
        event, subject, facts = told[name]
        log.add("logged-in", "account:1", {"n": len(log.leaves)}, actor="account:1")
        document = {"document": of[name]} if name in of else {}
        places[name] = log.add(event, subject, facts | document, actor="account:1")
    for number in range(5):
        log.add("logged-out", "account:1", {"n": number, "none": None})
    return Case(log, made, documents, places)


BEHIND = {"delegation", "carrying"}
VECTORS = Path(__file__).parent.parent / "vectors" / "evidence"


def altered(file: dict[str, Any], alteration: dict[str, Any]) -> dict[str, Any]:
    """A copy of the file with one thing changed, as alterations.json says."""
    copy: dict[str, Any] = json.loads(json.dumps(file))
    *above, last = alteration["at"]
    holder: Any = copy
    for name in above:
        holder = holder[name]
    if "set" in alteration:
        holder[last] = alteration["set"]
    elif "flip" in alteration:
        holder[last] = flipped(holder[last], alteration["flip"])
    elif "replace" in alteration:
        before, after = alteration["replace"]
        assert before in holder[last]
        holder[last] = holder[last].replace(before, after, 1)
    elif "drop" in alteration:
        del holder[last]
    else:
        found = holder[last]
        one, other = alteration.get("swap") or alteration["exchange"]
        found[one], found[other] = found[other], found[one]
    return copy


def flipped(text: str, at: int) -> str:
    """A text with one character changed for another of the same alphabet, hex or base64."""
    other = "1" if text[at] != "1" else "0"
    return text[:at] + other + text[at + 1 :]


VECTORED: dict[str, dict[str, Any]] = {
    "good": {},
    "delegated": DELEGATED,
    "carried": CARRIED,
    "not-delegated": behind(DELEGATED, offers=["SERV"]),
    "not-carried": behind(CARRIED, usages=["SIGN"]),
}


if __name__ == "__main__":
    VECTORS.mkdir(parents=True, exist_ok=True)
    for vector, told in VECTORED.items():
        if not (VECTORS / f"{vector}.json").exists():
            text = json.dumps(case(**told).file(), indent=1, ensure_ascii=False)
            (VECTORS / f"{vector}.json").write_text(text + "\n")
