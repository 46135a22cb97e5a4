"""A PKCS#11 module in this process: loaded once, used by one thread at a time, restarted if lost.

python-pkcs11 initialises modules without asking for locks (C_Initialize with NULL, PKCS#11 5.4),
so calls are made under `lock`. Signers in several processes work at once, each with its own.
"""

import hashlib
import os
import secrets
import threading
from functools import cache
from pathlib import Path

import pkcs11
from pkcs11._pkcs11 import lib as Library  # noqa: N812 - a class, whatever its name
from pkcs11.constants import TokenFlag
from pkcs11.types import Session, Token

from guichet.keystore.protocol import KeystoreError, Secret
from guichet.keystore.token import errors
from guichet.keystore.token.uri import TokenUri


class Module:
    """`generation` changes whenever every session and handle of before is void."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self.generation = 0
        self._path = path
        self._library: Library | None = None
        self._process = 0
        self._salt = secrets.token_bytes(32)
        self._refused: set[bytes] = set()
        self._closed: dict[bytes, str] = {}

    def restart(self) -> None:
        """Have the module see the tokens that are there now; void what it gave. Under `lock`."""
        self.generation += 1
        library, self._library = self._library, None
        if library is not None and library.initialized:
            try:
                library.finalize()
            except pkcs11.PKCS11Error:  # what is broken may be unable to end: it begins anew
                return

    def require_own_process(self) -> None:
        """Raises KeystoreError in the child of a process that used the module.

        PKCS#11 leaves undefined what becomes there of its sessions.
        """
        if self._process not in {0, os.getpid()}:
            raise KeystoreError("A token is opened by the process that uses it, after any fork")

    def library(self) -> Library:
        """The module, initialised. Raises KeystoreError. Under `lock`."""
        self.require_own_process()
        if self._library is None or not self._library.initialized:
            self._library = self._loaded()
            self._process = os.getpid()
        return self._library

    def _loaded(self) -> Library:
        if not self._path.is_file():
            raise KeystoreError(
                f"No PKCS#11 module at {self._path}: install the vendor's package, or correct "
                "module-path in GUICHET_KEYSTORE"
            )
        try:
            return pkcs11.lib(str(self._path))
        except pkcs11.PKCS11Error as error:
            raise KeystoreError(
                f"The PKCS#11 module {self._path} does not start: check the vendor's own settings "
                f"(for SoftHSM the file that SOFTHSM2_CONF names, and its folder of tokens) and "
                f"that this user may read them [{type(error).__name__} {error}]"
            ) from error

    def tokens(self) -> tuple[tuple[int, Token], ...]:
        """Tokens in use, with the numbers of their slots. Under `lock`."""
        found = []
        for slot in self.library().get_slots(token_present=True):
            try:
                token = slot.get_token()
            except (pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
                continue
            if token.flags & TokenFlag.TOKEN_INITIALIZED:
                found.append((slot.slot_id, token))
        return tuple(found)

    def token(self, uri: TokenUri) -> Token:
        """The one token that is named. Raises KeystoreError, PKCS11Error. Under `lock`."""
        seen = self.tokens()
        matching = [token for slot_id, token in seen if uri.matches(token, slot_id)]
        if len(matching) == 1:
            return matching[0]
        listed = "; ".join(
            f"token={token.label}, serial={token.serial.decode('utf-8', 'replace')}, "
            f"slot-id={slot_id}"
            for slot_id, token in seen
        )
        if matching:
            raise KeystoreError(
                f"Several tokens match {uri}: add a serial to GUICHET_KEYSTORE. There are: {listed}"
            )
        raise KeystoreError(
            f"No token matches {uri}. There are: {listed or 'none'}. Plug it in or reach it, or "
            "correct GUICHET_KEYSTORE; work goes on by itself once it is back"
        )

    def open(self, uri: TokenUri, secret: Secret) -> Session:
        """A session, logged in. A PIN once refused is never tried again. Under `lock`.

        Nor is the last try before a token locks ever spent. Raises KeystoreError, PKCS11Error.
        """
        token = self.token(uri)
        self._refuse_to_try(uri, token)
        pin = secret()
        digest = hashlib.blake2b(token.serial + b"\0" + pin, key=self._salt).digest()
        if not pin or digest in self._refused:
            raise errors.explained(str(uri), pkcs11.PinIncorrect())
        try:
            return token.open(user_pin=_text(pin))
        except pkcs11.UserAlreadyLoggedIn:  # a login holds for all sessions of the process
            return token.open()
        except errors.PIN_REFUSED:
            self._refused.add(digest)
            raise
        except (pkcs11.PinLocked, pkcs11.PinExpired) as error:
            self._closed[token.serial] = type(error).__name__
            raise

    def _refuse_to_try(self, uri: TokenUri, token: Token) -> None:
        if token.flags & TokenFlag.USER_PIN_LOCKED or self._closed.get(token.serial):
            is_over = self._closed.get(token.serial) == pkcs11.PinExpired.__name__
            raise errors.explained(str(uri), pkcs11.PinExpired() if is_over else pkcs11.PinLocked())
        if token.flags & TokenFlag.USER_PIN_FINAL_TRY:
            raise KeystoreError(
                f"The token ({uri}) locks its PIN if the next one is wrong: no process spends that "
                "try. Log in once by hand with the vendor's tool (such as `pkcs11-tool --login "
                "--test`), then start again"
            )


def _text(pin: bytes) -> str:
    try:
        return pin.decode()
    except UnicodeDecodeError as error:
        raise KeystoreError("The PIN is not UTF-8: check the file that it is read from") from error


@cache
def module_of(path: Path) -> Module:
    """The module of a path in this process."""
    return Module(path)
