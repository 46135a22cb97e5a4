"""The portal as a client of the demo's provider: its certificate, and the service it stands for."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from guichet.authority import queries
from guichet.authority.operations import SigningAsked
from guichet.bench.provider.judgement import x5t
from guichet.bench.provider.server import own_services
from guichet.demo.files import key_pem, write
from guichet.demo.issuance import issue, new_key
from guichet.demo.people import AGENCY, STRUCTURES
from guichet.domain.certificates.naming import ServiceSubject, StructureName, named
from guichet.domain.identifiers import StructureId
from guichet.x509 import bundles, request

REFERENCE = "demo:psc"
PROFILE = "ORG/AUTH_CLI"
AUTHORITY = "ACI-EL-ORG-TEST"
SERVICE = "Guichet"
RETURN = "/connexion/ecps/retour"


def make_portal_client(at: datetime) -> str:
    """A key and an ORG AUTH_CLI certificate, once; the association is told anew at each start."""
    path: Path | None = settings.GUICHET.oidc_certificate
    if path is None:
        return "aucun, le portail n’en présente pas"
    if not path.exists():
        _make_certificate(path, at)
    _associate(x509.load_pem_x509_certificate(path.read_bytes()), at)
    return str(settings.GUICHET.oidc_client_id)


def _make_certificate(path: Path, at: datetime) -> None:
    facts = next(found for found in STRUCTURES if found.national_id == AGENCY)
    structure = StructureName(
        national_id=StructureId.parse(facts.national_id),
        legal_name=facts.legal_name,
        department_name=facts.department_name,
        department_number=facts.department_number,
    )
    subject = named(ServiceSubject(structure=structure, service=SERVICE))
    key = new_key()
    count = len(queries.issued_with_references(f"{REFERENCE}:"))
    made = issue(
        SigningAsked(
            profile=PROFILE,
            authority=AUTHORITY,
            subject=subject.subject,
            sans=subject.sans,
            csr_der=request.unnamed(key),
            reference=f"{REFERENCE}:{count}",
        ),
        at,
    )
    chain = (made.der, *made.chain_ders[:-1])
    write(path, key_pem(key) + bundles.pem_chain(chain).encode(), private=True)


def _associate(certificate: x509.Certificate, at: datetime) -> None:
    """In the shape of the registry's file; addresses and secret are those of this start."""
    guichet = settings.GUICHET
    service = {
        "client_id": guichet.oidc_client_id,
        "name": SERVICE,
        "structure": AGENCY,
        "structure_name": "AGENCE DU NUMERIQUE EN SANTE",
        "environment": guichet.environment,
        "redirect_uris": [guichet.portal_url + RETURN],
        "post_logout_redirect_uris": [guichet.portal_url + "/"],
        "secret_sha256": hashlib.sha256(guichet.oidc_client_secret.encode()).hexdigest(),
        "certificates": [
            {
                "x5t#S256": x5t(certificate.public_bytes(Encoding.DER)),
                "from": certificate.not_valid_before_utc.isoformat(),
                "until": None,
            }
        ],
    }
    told = {"made_at": at.isoformat(), "services": [service]}
    write(own_services(guichet.state), json.dumps(told, ensure_ascii=False, indent=2).encode())
