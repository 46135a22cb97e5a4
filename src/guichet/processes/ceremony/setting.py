"""What a ceremony is held with: its plan, its folders, its desk, its keystore."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.authority.ceremonies import Ceremony
from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.ceremonies.plan import Act, Officer, Plan, PlanError
from guichet.keystore import Keystore, Secret
from guichet.processes.ceremony.desk import Desk
from guichet.x509.errors import LIBRARY_REFUSALS

PLAN_NAME: Final = "plan.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One ceremony at one place. Cards are named from `beside`, the plan's own folder.

    `files` holds what acts read and write; `folder` keeps what was done; `open_keystore` opens the
    plan's keystore, or in a rehearsal a throw-away one; `in_service` gives the secret that the
    signer reads. `precede` makes, in a rehearsal, what an act presupposes, or says why it cannot;
    `short_keys` has it make RSA keys of 2048 bits, whatever the catalogue says.
    """

    plan: Plan
    beside: Path
    files: Path
    folder: Path
    desk: Desk
    open_keystore: Callable[[bytes | Secret], Keystore]
    in_service: Secret
    pki_base: str
    short_keys: bool = False
    precede: Callable[[Act, Ceremony], str] | None = None

    def spec(self, code: str) -> AuthoritySpec:
        """The authority that a code is a generation of. Raises Refusal(PROFILE_UNKNOWN)."""
        found = authorities.spec(code)
        is_short = self.short_keys and found.algorithm.startswith("rsa-")
        return replace(found, algorithm="rsa-2048") if is_short else found

    @property
    def is_rehearsal(self) -> bool:
        """Whether all of it is thrown away."""
        return self.precede is not None

    @property
    def actor(self) -> str:
        """Who the journal says did it."""
        return f"ceremony:{self.plan.id}"


def card_of(officer: Officer, beside: Path) -> bytes | None:
    """The certificate of an officer's card, DER; None when the plan names none.

    Raises PlanError when its file cannot be read.
    """
    if not officer.certificate:
        return None
    path = beside / officer.certificate
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise PlanError([f"{officer.name}: {path} cannot be read: {error.strerror}"]) from error
    except LIBRARY_REFUSALS as error:
        raise PlanError([f"{officer.name}: {path} holds no certificate in PEM"]) from error
    return found.public_bytes(Encoding.DER)
