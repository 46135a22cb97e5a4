"""Making the whole hierarchy of authorities: keys in the keystore, certificates in the database."""

from collections.abc import Callable
from datetime import datetime

from guichet.authority.ceremonies import Ceremony, making
from guichet.authority.models import CertificationAuthority
from guichet.domain.catalogue import authorities
from guichet.keystore import Keystore

Progress = Callable[[str], None]


def create(
    keystore: Keystore, *, pki_base: str, at: datetime, progress: Progress = lambda code: None
) -> tuple[str, ...]:
    """Create the authorities that are missing, roots first, and return their codes.

    `progress` is called with the code of each one before its key is made (seconds for RSA-4096).
    Safe to repeat: a key made by a run that was cut is used. Raises CeremonyError, KeystoreError,
    SigningFaultError.
    """
    ceremony = Ceremony(keystore=keystore, pki_base=pki_base, at=at)
    known = set(CertificationAuthority.objects.values_list("code", flat=True))
    missing = [spec for spec in authorities.specs() if spec.code not in known]
    for spec in missing:
        progress(spec.code)
        making.create(ceremony, spec)
    return tuple(spec.code for spec in missing)
