"""Files of the demo that people and scripts use: cards, trust anchors, who is who."""

import json
import os
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from guichet.demo.agents import AGENTS, DemoAgent
from guichet.demo.people import (
    CITIZENS,
    NEW_CARDS,
    PEOPLE,
    REFUSED_CARDS,
    STRUCTURES,
    DemoCitizen,
    DemoPerson,
)
from guichet.habilitations.structures import StructureFacts
from guichet.x509 import bundles

P12_PASSWORD: Final = "guichet"  # noqa: S105 printed to everybody: demo cards


def write(path: Path, data: bytes, *, private: bool = False) -> None:
    """Write whole or not at all; a private file is readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
    aside.replace(path)


def key_pem(key: rsa.RSAPrivateKey) -> bytes:
    """PKCS#8, not encrypted: demo cards and the demo's TLS key alone."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_card(folder: Path, name: str, key: rsa.RSAPrivateKey, chain: tuple[bytes, ...]) -> None:
    """cards/<name>.key, .crt (with its issuer) and .p12. `chain`: the card's own first, DER."""
    write(folder / f"{name}.key", key_pem(key), private=True)
    write(folder / f"{name}.crt", bundles.pem_chain(chain[:-1]).encode())
    card, *authorities = [x509.load_der_x509_certificate(der) for der in chain]
    package = pkcs12.serialize_key_and_certificates(
        f"Carte de {name}".encode(),
        key,
        card,
        authorities,
        BestAvailableEncryption(P12_PASSWORD.encode()),
    )
    write(folder / f"{name}.p12", package, private=True)


def write_trust(
    folder: Path, roots: tuple[bytes, ...], every: tuple[bytes, ...], *, ports: bytes
) -> None:
    """trust/racine.pem (roots, Élémentaire first, then `ports`, PEM) and trust/chain.pem."""
    write(folder / "racine.pem", bundles.pem_chain(roots).encode() + ports)
    write(folder / "chain.pem", bundles.pem_chain(every).encode())


def write_identities(path: Path) -> None:
    """identities.json: who is who by card, by FranceConnect, by ProConnect; unregistered cards."""
    told = {
        "people": [_identity(person) for person in PEOPLE],
        "citizens": [_citizen(citizen) for citizen in CITIZENS],
        "agents": [_agent(agent) for agent in AGENTS],
        "new_cards": [_identity(person) for person in NEW_CARDS],
        "refused_cards": [_identity(person) for person in REFUSED_CARDS],
    }
    write(path, json.dumps(told, ensure_ascii=False, indent=2).encode())


def _identity(person: DemoPerson) -> dict[str, object]:
    structures = {right.structure for right in person.rights} | set(person.represents)
    return {
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.surname,
        "file": person.file,
        "says": person.says,
        "roles": list(person.roles),
        "card_number": person.card_number,
        "national_id": person.national_id,
        "email": person.email,
        "structures": sorted(structures),
        "p12_password": P12_PASSWORD,
        "oidc_sub": person.file,
        "workplaces": [_workplace(s) for s in STRUCTURES if s.national_id in structures],
    }


def _workplace(structure: StructureFacts) -> dict[str, str]:
    return {
        "national_id": structure.national_id,
        "legal_name": structure.legal_name,
        "siret": structure.siret,
        "finess": structure.finess,
        "department": structure.department_number,
    }


def _citizen(citizen: DemoCitizen) -> dict[str, object]:
    return {
        "name": citizen.name,
        "says": citizen.says,
        "given_names": citizen.given_names,
        "surname": citizen.surname,
        "birthdate": citizen.birthdate,
        "email": citizen.email,
        "oidc_sub": citizen.sub,
    }


def _agent(agent: DemoAgent) -> dict[str, object]:
    return {
        "name": agent.name,
        "says": agent.says,
        "given_names": agent.given_names,
        "surname": agent.surname,
        "siret": agent.siret,
        "email": agent.email,
        "oidc_sub": agent.sub,
    }
