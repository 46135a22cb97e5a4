"""Signed calls to an ACME server, by the `acme` library; its errors in our words."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

import requests
from acme import client, errors, messages
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from josepy.interfaces import JSONDeSerializable
from josepy.json_util import encode_b64jose
from josepy.jwa import ES256, RS256
from josepy.jwk import JWK, JWKEC, JWKRSA
from josepy.util import ComparableECKey, ComparableRSAKey
from requests.utils import get_environ_proxies

from guichet_client.errors import ClientError, Exit
from guichet_client.keys import PrivateKey
from guichet_client.transport import TIMEOUT_S, USER_AGENT, Call, Transport, explaining
from guichet_client.wording import Say, language

# RFC 8555 §6.7: what passes by itself.
PASSING: Final = frozenset({"rateLimited", "serverInternal", "badNonce", "blank"})
JOSE: Final = client.ClientNetwork.JOSE_CONTENT_TYPE


class Body(JSONDeSerializable):
    """A message as plain values: the library's own know neither our identifiers nor `replaces`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def to_partial_json(self) -> Any:
        """The values."""
        return self._values

    @classmethod
    def from_json(cls, jobj: Any) -> Self:
        """The reverse of `to_partial_json`."""
        return cls(jobj)

    def __len__(self) -> int:
        """Never zero: the library sends an empty payload for what is false."""
        return 1


class Network:
    """A directory, and calls that are signed by one key: an account's or a certificate's."""

    def __init__(self, address: str, trust: Path | None, key: PrivateKey | None = None) -> None:
        transport = Transport(trust)
        found = transport.send(Call(method="GET", url=address))
        self.directory, self._address = found.data, address
        signing = RS256 if isinstance(key, rsa.RSAPrivateKey) else ES256
        # The library hands `verify_ssl` to requests, which takes a file of roots there too.
        verify = cast("bool", transport.verify)
        self._net = client.ClientNetwork(
            _jwk(key) if key else None,
            alg=signing,
            verify_ssl=verify,
            user_agent=USER_AGENT,
            timeout=TIMEOUT_S,
        )
        self._net.session.trust_env = False
        self._net.session.proxies.update(get_environ_proxies(address))
        self._net.session.headers.update({"Accept-Language": language()})

    @property
    def key(self) -> JWK:
        """The key that signs."""
        return cast("JWK", self._net.key)

    def address(self, resource: str) -> str:
        """Where a resource of the directory is. Raises ClientError (CONFIGURATION)."""
        found = self.directory.get(resource)
        if not isinstance(found, str):
            raise ClientError(Exit.CONFIGURATION, Say.NOT_ACME, url=self._address)
        return found

    def sign_as(self, uri: str) -> None:
        """Sign by account from now on, no longer by naked key."""
        self._net.account = messages.RegistrationResource(uri=uri, body=messages.Registration())

    def post(self, url: str, values: Mapping[str, Any] | None = None) -> requests.Response:
        """Send values; without any, POST-as-GET (RFC 8555 §6.3). Raises ClientError."""
        body = Body(values) if values is not None else None
        with explaining(url), refusing(url):
            return self._net.post(
                url, cast("Any", body), new_nonce_url=self.address("newNonce"), content_type=JOSE
            )


class refusing:  # noqa: N801 reads as a verb where it is used
    """Turns the library's errors into words that say what to do."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, messages.Error):
            raise AcmeError(error, self._url) from error
        if isinstance(error, errors.ConflictError):
            raise ClientError(Exit.REFUSED, Say.CONFLICT, url=self._url) from error
        if isinstance(error, errors.Error):
            raise ClientError(Exit.LATER, Say.SERVER_BUSY, url=self._url, status="", words=error)


class AcmeError(ClientError):
    """A problem of an ACME server; `kind` is the last word of its type."""

    def __init__(self, error: messages.Error, url: str) -> None:
        self.kind = str(error.typ).rpartition(":")[2]
        code = Exit.LATER if self.kind in PASSING else Exit.REFUSED
        words = [f"{error.detail or error.title or ''} ({self.kind})"]
        words += [f"{sub.detail or sub.title or sub.typ}" for sub in error.subproblems or ()]
        super().__init__(code, Say.ACME_REFUSED, url=url, words=" ".join(words).strip())


def problem_of(told: object, url: str) -> ClientError:
    """The error within an order or a challenge that is over: another must be asked for."""
    found = AcmeError(messages.Error.from_json(told if isinstance(told, dict) else {}), url)
    found.code = Exit.REFUSED
    return found


def b64(data: bytes) -> str:
    """base64url without padding (RFC 8555 §6.1)."""
    return str(encode_b64jose(data))


def certificate_id(one: x509.Certificate) -> str:
    """The identifier of a certificate (RFC 9773 §4.1): key identifier of its issuer, serial."""
    issuer = one.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    size = one.serial_number.bit_length() // 8 + 1
    serial = one.serial_number.to_bytes(size, "big")
    return f"{b64(issuer.key_identifier or b'')}.{b64(serial)}"


def _jwk(key: PrivateKey) -> JWK:
    wrapped = ComparableRSAKey if isinstance(key, rsa.RSAPrivateKey) else ComparableECKey
    kind = JWKRSA if isinstance(key, rsa.RSAPrivateKey) else JWKEC
    return cast("JWK", kind(key=wrapped(cast("Any", key))))
