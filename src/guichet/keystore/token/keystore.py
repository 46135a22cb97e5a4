"""A keystore in a PKCS#11 token: found by its address, logged into once, reopened when lost."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pkcs11
from cryptography.hazmat.primitives.asymmetric import rsa
from pkcs11.types import Session

from guichet.keystore.file import LABEL
from guichet.keystore.protocol import KeystoreError, PublicKey, Secret, SigningKey
from guichet.keystore.token import errors, objects
from guichet.keystore.token.keys import Asked, TokenEcKey, TokenRsaKey
from guichet.keystore.token.module import Module, module_of
from guichet.keystore.token.uri import TokenUri

logger = logging.getLogger(__name__)
Result = TypeVar("Result")


class TokenKeystore:
    """Keys by CKA_LABEL in one token. Nothing is opened before the first key is asked for.

    What is lost (session, login, token) is opened anew once and the work done again; a signature
    made twice is no certificate made twice. Threads wait for each other.
    """

    def __init__(self, uri: TokenUri, secret: Secret) -> None:
        self._uri = uri
        self._secret = secret
        self._session: Session | None = None
        self._generation = -1
        self._handles: dict[str, Any] = {}
        self._known: dict[str, TokenRsaKey | TokenEcKey] = {}

    @property
    def module(self) -> Module:
        """The module that speaks to it."""
        return module_of(self._uri.module_path)

    def generate(self, label: str, algorithm: str) -> PublicKey:
        """Make a key that never leaves the token. Raises KeystoreError for a label taken."""
        if not LABEL.fullmatch(label):
            raise KeystoreError(f"Not a key label: {label!r}")
        return self._with_session(lambda session: _generate(session, label, algorithm))

    def labels(self) -> frozenset[str]:
        """Labels of the private keys that the token keeps."""
        return self._with_session(objects.labels)

    def signing_key(self, label: str) -> SigningKey:
        """The key, which signs in the token."""
        if label not in self._known:
            self._with_session(lambda session: self._handle(session, label))
        return self._known[label]

    def public_key(self, label: str) -> PublicKey:
        """The public half of a key held."""
        return self.signing_key(label).public_key()

    def destroy(self, label: str) -> None:
        """Have the token destroy a pair. Raises KeystoreError."""
        self._with_session(lambda session: _destroy(session, label))
        self._handles.pop(label, None)
        self._known.pop(label, None)

    def sign(self, label: str, asked: Asked) -> bytes:
        """Sign with the key of a label. Raises KeystoreError."""
        signature: bytes = self._with_session(
            lambda session: self._handle(session, label).sign(
                asked.data, mechanism=asked.mechanism, mechanism_param=asked.parameter
            )
        )
        return signature

    def _handle(self, session: Session, label: str) -> Any:
        """The private key's handle in this session, of the same key as ever."""
        if label in self._handles:
            return self._handles[label]
        handle = objects.private_key(session, label)
        public = objects.public_half(session, handle)
        known = self._known.get(label)
        if known is not None and known.public_key() != public:
            raise KeystoreError(
                f"The key {label} of the token ({self._uri}) is not the one that signed until now: "
                "put the right token back, or restart the signer if the key was meant to change"
            )
        if known is None:
            self._known[label] = (
                TokenRsaKey(self, label, public)
                if isinstance(public, rsa.RSAPublicKey)
                else TokenEcKey(self, label, public)
            )
        self._handles[label] = handle
        return handle

    def _with_session(self, work: Callable[[Session], Result]) -> Result:
        with self.module.lock:
            self.module.require_own_process()
            try:
                was_open = self._session is not None and self._generation == self.module.generation
                try:
                    return work(self._opened())
                except pkcs11.PKCS11Error as error:
                    if not was_open or not errors.is_lost(error):
                        raise
                    logger.warning("token %s: %s; opened anew", self._uri, type(error).__name__)
                    self.module.restart()
                    return work(self._opened())
            except pkcs11.PKCS11Error as error:
                raise errors.explained(str(self._uri), error) from error

    def _opened(self) -> Session:
        if self._session is None or self._generation != self.module.generation:
            self._session, self._handles = None, {}
            try:
                self._session = self.module.open(self._uri, self._secret)
            except (KeystoreError, pkcs11.PKCS11Error):
                self.module.restart()  # some see only the tokens that were there when they began
                raise
            self._generation = self.module.generation
        return self._session


def _generate(session: Session, label: str, algorithm: str) -> PublicKey:
    with _writing(session) as writing:
        return objects.generate(writing, label, algorithm)


def _destroy(session: Session, label: str) -> None:
    with _writing(session) as writing:
        objects.destroy(writing, label)


@contextmanager
def _writing(session: Session) -> Iterator[Session]:
    """A session that may write, for as long as it takes; the login holds for it too."""
    opened = session.token.open(rw=True)
    try:
        yield opened
    finally:
        opened.close()
