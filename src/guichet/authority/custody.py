"""Whose keys a keystore holds: a key under an authority's label must be its certificate's."""

import logging
import threading
from dataclasses import dataclass
from typing import Final

from django.db import Error as DatabaseFaultError
from django.db import close_old_connections

from guichet.authority.issuers import state_of
from guichet.authority.models import CertificationAuthority
from guichet.authority.repeated_faults import RepeatedFaults
from guichet.database.stillness import Stillness
from guichet.domain.catalogue import authorities
from guichet.domain.certificates.authority_states import AuthorityState, Work, permits
from guichet.keystore import Keystore, KeystoreError
from guichet.x509 import certificate, keys

logger = logging.getLogger(__name__)
TROUBLE_SECONDS: Final = 2.0


class StrangeKeysError(KeystoreError):
    """The keystore is another's: nothing may be signed, now or later. The message says why."""


@dataclass(frozen=True, slots=True)
class Bond:
    """An authority and the key that must stand under its label."""

    code: str
    label: str
    state: AuthorityState
    scheme: str  # by which it signs; empty for the usual one of its key
    spki_der: bytes  # of its certificate

    @property
    def signs(self) -> bool:
        """Whether its key is used by this signer."""
        return permits(self.state, Work.LISTS)

    def is_kept(self, keystore: Keystore) -> bool:
        """Whether the key under its label is its own. Raises KeystoreError when it cannot open."""
        return keys.public_half(keystore.signing_key(self.label)) == self.spki_der


def bonds() -> tuple[Bond, ...]:
    """Every authority, by code. Raises django.db.Error."""
    return tuple(
        Bond(
            row.code,
            row.key_label,
            state_of(row),
            authorities.signature_of(row.code),
            certificate.spki_der(bytes(row.der)),
        )
        for row in CertificationAuthority.objects.order_by("code")
    )


def require_own_keys(keystore: Keystore) -> None:
    """Open the keys that sign, each against its certificate.

    Raises StrangeKeysError for a key that is not its authority's, or a keystore without any of
    theirs; KeystoreError when one cannot be opened; django.db.Error.
    """
    signing = [bond for bond in bonds() if bond.signs]
    held = keystore.labels() if signing else frozenset()
    for bond in signing:
        if bond.label not in held:
            logger.warning("the keystore holds no key of the authority %s", bond.code)
        elif not bond.is_kept(keystore):
            raise StrangeKeysError(
                f"The key under the label {bond.label} is not that of the certificate of "
                f"{bond.code}: this is another folder or token. Correct GUICHET_KEYSTORE "
                "(`guichet doctor keystore` compares them all)"
            )
    if signing and not any(bond.label in held for bond in signing):
        raise StrangeKeysError(
            f"The keystore holds no key of any authority ({', '.join(b.code for b in signing)}): "
            "this is another folder or token. Correct GUICHET_KEYSTORE, or restore the keys"
        )


def wait_for_own_keys(keystore: Keystore, stop: threading.Event) -> None:
    """Come back once the keys are there and the authorities' own, or when told to stop.

    A database or a token that is away is waited for. Raises StrangeKeysError.
    """
    opening, stillness = RepeatedFaults("opening the keys"), Stillness(1)
    while not stop.is_set():
        try:
            require_own_keys(keystore)
        except StrangeKeysError:
            raise
        except (DatabaseFaultError, KeystoreError) as error:
            if not (isinstance(error, DatabaseFaultError) and stillness.lost(error)):
                opening.tell(error)
            close_old_connections()
            stop.wait(TROUBLE_SECONDS)
        else:
            stillness.answered()
            opening.over()
            return
