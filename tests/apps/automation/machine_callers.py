"""Machines that call the API in tests: accounts, their tokens, certificates and published lists."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.automation.callers import SOPHIE, Api
from guichet.authority import crls
from guichet.authority import queries as authority
from guichet.domain.machines import CredentialKind, MachineScope, Verb
from guichet.identities.machines import MachineFacts
from guichet.identities.operations import machines
from guichet.identities.peer import PeerTls
from guichet.keystore import Keystore

HOSPITAL = "10B0135356"
AUTHORITIES = ("ACR-EL-TEST", "ACI-EL-ORG-TEST")


def account(
    *, verbs: Iterable[Verb] = Verb, profiles: Iterable[str] = ("ORG/AUTH_CLI",), **limits: Any
) -> MachineFacts:
    """A machine account of the hospital, opened by SOPHIE; all verbs unless told."""
    scope = MachineScope(
        account="",
        structure_id=HOSPITAL,
        delegation=None,
        verbs=frozenset(verbs),
        profiles=frozenset(profiles),
        **limits,
    )
    asked = machines.MachineAsked(name="Relais", scope=scope, contact_email="si@hopital.fr")
    return machines.create_machine(asked=asked, by=SOPHIE, at=timezone.now())


def token_of(machine: MachineFacts) -> machines.Issued:
    """A token of an account, just made."""
    return machines.issue_credential(
        key=machine.key, kind=CredentialKind.TOKEN, label="", by=SOPHIE, at=timezone.now()
    )


def by_token(secret: str, listener: str = "portal") -> Api:
    """The API with a bearer token."""
    environ: dict[str, Any] = {"guichet.listener": listener}
    return Api(Client(headers={"Authorization": f"Bearer {secret}"}, **environ))


def by_certificate(*chain: str, token: str = "", listener: str = "card") -> Api:
    """The API over mutual TLS; `chain` is PEM, leaf first."""
    ders = tuple(x509.load_pem_x509_certificate(pem.encode()) for pem in chain)
    peer = PeerTls(
        chain=tuple(found.public_bytes(Encoding.DER) for found in ders),
        tls_version="TLSv1.3",
        cipher="TLS_AES_256_GCM_SHA384",
    )
    environ: dict[str, Any] = {"guichet.listener": listener, "guichet.peer": peer}
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Api(Client(headers=headers, **environ))


def publish(keystore: Keystore, at: datetime | None = None) -> None:
    """What verifiers read: the authorities and their lists, issued at this instant if due."""
    crls.issue_due(keystore, at or timezone.now())
    folder: Path = settings.GUICHET.published
    for name in ("ac", "crl"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for code in AUTHORITIES:
        (folder / "ac" / f"{code}.cer").write_bytes(authority.authority_certificate(code))
        made = authority.last_crl(code)
        assert made is not None
        (folder / "crl" / f"{code}.crl").write_bytes(made.der)
