"""The transcript on paper, in French with English beside, with places to sign by hand."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from django.utils import translation

from guichet.notifications.operator import operator
from guichet.web import papers
from guichet.web.papers import Facts, Listed, Notice, Paper, Part, Prose, Signatures, grouped
from guichet.x509 import names

GROUP: Final = 8
CUSTODIES: Final = {
    "new": "fait pendant la cérémonie, partagé – made here, divided",
    "divide": "saisi pendant la cérémonie, partagé – typed here, divided",
    "shares": "réuni par les officiers – joined by officers",
    "file": "secret de l’exploitation – credential in service",
}
SHARES: Final = {
    "screen": "lue à l’écran – on screen",
    "card": "chiffrée pour la carte – for the card",
    "none": "aucune – none",
}


def draw(content: Mapping[str, Any], transcript_sha256: str) -> bytes:
    """The transcript, PDF; `content` is the one whose JSON has this hash."""
    with translation.override("fr"):
        return papers.pdf(_paper(content, transcript_sha256))


def _paper(content: Mapping[str, Any], transcript_sha256: str) -> Paper:
    found = operator()
    return Paper(
        title="Procès-verbal de cérémonie des clés",
        subtitle=f"Key ceremony transcript\n{content['title']}",
        reference=f"Cérémonie – Ceremony {content['ceremony']}",
        parts=(
            *_rehearsal(content),
            _ceremony(content),
            _officers(content),
            *_witnesses(content),
            _steps(content),
            *_outcomes(content),
            *_certificates(content),
            _digests(content, transcript_sha256),
            _signatures(content),
        ),
        issuer=found.name,
        footer=f"{found.name}\nCérémonie – Ceremony {content['ceremony']}",
        language="fr",
        at=datetime.fromisoformat(content["steps"][-1]["ended"]),
        ribbon="Répétition, sans valeur – Rehearsal" if content["rehearsal"] else "",
    )


def _rehearsal(content: Mapping[str, Any]) -> Iterator[Notice]:
    if content["rehearsal"]:
        yield Notice(
            "Répétition – Rehearsal",
            "Les clés, les certificats et les parts de cette répétition ont été jetés : ils ne "
            "servent à rien d’autre.\nKeys, certificates and shares of this rehearsal were thrown "
            "away: they serve nothing else.",
            "warning",
        )


def _ceremony(content: Mapping[str, Any]) -> Facts:
    steps, secret = content["steps"], content["secret"]
    kind = CUSTODIES[secret["custody"]]
    if content["rehearsal"] and secret["custody"] in {"shares", "file"}:
        kind = "jetable, le temps de la répétition – throw-away, for this rehearsal"
    if "joined" in secret:
        kind += f"\nparts – shares {secret['joined']}, jeu – set {secret['set']}"
    elif "set" in secret:
        kind += (
            f"\n{secret['threshold']} parts sur {secret['shares']}, jeu {secret['set']} – "
            f"{secret['threshold']} of {secret['shares']} shares, set {secret['set']}"
        )
    software = ", ".join(f"{name} {said}" for name, said in content["software"].items())
    rows = (
        ("Environnement\nEnvironment", content["environment"].upper()),
        ("Lieu – Place", content["place"]),
        ("Jour prévu – Planned day", content["day"]),
        ("Ouverte – Opened", _moment(steps[0]["begun"])),
        ("Close – Closed", _moment(steps[-1]["ended"])),
        ("Magasin de clés\nKeystore", content["keystore"]),
        ("Son secret – Its secret", kind),
        ("Logiciels – Software", software),
    )
    return Facts("Cérémonie – Ceremony", rows)


def _officers(content: Mapping[str, Any]) -> Listed:
    rows = tuple(
        (officer["name"], officer["role"], SHARES[officer["share"]], _card(officer["card_pem"]))
        for officer in content["officers"]
    )
    columns = ("Nom – Name", "Rôle – Role", "Part – Share", "Carte – Card")
    return Listed("Officiers présents – Officers present", columns, rows)


def _card(pem: str) -> str:
    if not pem:
        return "–"
    found = x509.load_pem_x509_certificate(pem.encode())
    return f"{names.display(found.subject)}\nn° {grouped(f'{found.serial_number:X}', GROUP)}"


def _witnesses(content: Mapping[str, Any]) -> Iterator[Prose]:
    if content["witnesses"]:
        yield Prose("Témoins – Witnesses", (", ".join(content["witnesses"]),))


def _steps(content: Mapping[str, Any]) -> Listed:
    rows = tuple(
        (
            str(number),
            f"{_hour(step['begun'])}\n{_hour(step['ended'])}",
            str(step["facts"].get("journal", "–")),
            f"{step['french']}\n{step['english']}",
        )
        for number, step in enumerate(content["steps"], start=1)
    )
    columns = ("N°", "UTC", "Journal", "Étape – Step")
    return Listed("Déroulement – Steps", columns, rows)


def _outcomes(content: Mapping[str, Any]) -> Iterator[Part]:
    """Files given or taken, and keys destroyed: what no certificate below shows."""
    labels = {
        "file": "Fichier remis\nFile given",
        "file_sha256": "SHA-256 du fichier\nof the file",
        "request_sha256": "SHA-256 de la demande\nof the request",
        "number": "Numéro – Number",
        "incident": "Incident",
        "key_sha256": "SHA-256 de la clé\nof the key",
        "not_rehearsed": "Non répété\nNot rehearsed",
    }
    for step in content["steps"]:
        facts = step["facts"]
        told = [name for name in labels if name in facts]
        if step["step"].startswith("act-") and told and "certificate_sha256" not in facts:
            rows = ((labels[name], _shown(name, str(facts[name]))) for name in told)
            yield Facts(f"{step['french']}", tuple(rows))


def _certificates(content: Mapping[str, Any]) -> Iterator[Facts]:
    for found in content["certificates"]:
        loaded = x509.load_pem_x509_certificate(found["pem"].encode())
        yield Facts(
            f"Certificat – Certificate {found['code']}",
            (
                ("Sujet – Subject", names.display(loaded.subject)),
                ("Émetteur – Issuer", names.display(loaded.issuer)),
                ("N° de série – Serial", grouped(f"{loaded.serial_number:X}", GROUP)),
                ("Fin – Ends", _moment(loaded.not_valid_after_utc.isoformat())),
                ("SHA-256", grouped(found["sha256"], GROUP)),
                ("SHA-256 de la clé\nof the key", grouped(found["key_sha256"], GROUP)),
            ),
        )


def _digests(content: Mapping[str, Any], transcript_sha256: str) -> Facts:
    return Facts(
        "Ce qui prouve ce procès-verbal – What proves this transcript",
        (
            ("transcript.json\nSHA-256", grouped(transcript_sha256, GROUP)),
            ("Plan\nSHA-256", grouped(content["plan"]["sha256"], GROUP)),
            ("Certificat du sceau\nSeal’s certificate", grouped(content["seal"]["sha256"], GROUP)),
        ),
    )


def _signatures(content: Mapping[str, Any]) -> Signatures:
    officers = ((officer["name"], officer["role"]) for officer in content["officers"])
    witnesses = ((name, "Témoin – Witness") for name in content["witnesses"])
    return Signatures(
        "Signatures", "Date et signature – Date and signature", (*officers, *witnesses)
    )


def _shown(name: str, value: str) -> str:
    return grouped(value, GROUP) if name.endswith("sha256") else value


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S} UTC"


def _hour(text: str) -> str:
    return f"{datetime.fromisoformat(text):%H:%M:%S}"
