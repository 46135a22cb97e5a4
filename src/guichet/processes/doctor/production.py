"""What belongs to a demo or to TEST has no place in production."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509

from guichet.authority import custody
from guichet.conf.environment import Environment
from guichet.domain.catalogue.twins import Environment as Hierarchy
from guichet.domain.catalogue.twins import environment_of
from guichet.processes.doctor.findings import Finding, fault, well
from guichet.processes.serve import server_files

CHECK: Final = "production"


def examine(environment: Environment, _at: datetime) -> Iterator[Finding]:
    """Nothing to say of a TEST environment."""
    if environment.environment != Hierarchy.PRODUCTION:
        return
    found = list(_strange(environment))
    if not found:
        yield well(CHECK, "Nothing of TEST or of the demo is in production")
        return
    yield fault(
        CHECK,
        f"Of TEST or of the demo, in production: {'; '.join(found)}",
        why="Demo identities are public: anybody signs in by them. TEST proves nothing.",
        mend="Unset GUICHET_DEMO, give this environment a state folder, keys and certificates of "
        "its own (docs/explanation/test-et-production.md)",
    )


def _strange(environment: Environment) -> Iterator[str]:
    if environment.demo:
        yield "GUICHET_DEMO=1"
    if (folder := environment.state / "demo").is_dir():
        yield f"{folder}"
    codes = [bond.code for bond in custody.bonds()]
    if test := [code for code in codes if environment_of(code) is Hierarchy.TEST]:
        yield f"authorities {', '.join(test)}"
    try:
        shown = server_files(environment.state)[0].read_bytes()
        issuer = x509.load_pem_x509_certificate(shown).issuer.rfc4514_string()
    except (OSError, ValueError):
        return
    if "TEST" in issuer:
        yield f"the ports' certificate, issued by {issuer}"
