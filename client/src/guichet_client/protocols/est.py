"""EST (RFC 7030): a one-time secret the first time, the present certificate afterwards."""

import base64
from typing import Final
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

from guichet_client import files
from guichet_client.clock import Clock
from guichet_client.errors import ClientError, Exit
from guichet_client.protocols.acme_revocation import revoke_by_key
from guichet_client.protocols.way import Asked, Issued
from guichet_client.settings import Settings
from guichet_client.store import Version
from guichet_client.transport import (
    RETRY_AFTER_DEFAULT_S,
    Answer,
    Call,
    Transport,
    retry_after,
    wait_for,
)
from guichet_client.wording import Say

PKCS10: Final = "application/pkcs10"
ACCEPTED: Final = 202


class Est:
    """One certificate by EST."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock

    def check(self) -> str:
        """Fetch the authorities' certificates."""
        found = self._authorities(Transport(self._settings.trust))
        return Say.REACHED_EST.text(url=self._settings.server, count=len(found))

    def obtain(self, asked: Asked) -> Issued:
        """simplereenroll with the certificate to renew; simpleenroll for a first one."""
        transport, verb = self._entered(asked.replaced)
        answers: list[Answer] = []
        headers = {"Content-Type": PKCS10, "Content-Transfer-Encoding": "base64"}
        call = Call(
            method="POST",
            url=self._url(verb),
            # RFC 8951 §3.1: base64 without its header, whatever its lines.
            body=base64.encodebytes(asked.csr_der),
            headers=headers,
            statuses=(200, ACCEPTED),
        )

        def ask() -> int | None:
            # RFC 7030 §4.2.3: the same request, repeated, gets the certificate once it is ready.
            answers.append(transport.send(call))
            if answers[-1].status == ACCEPTED:
                asked.note(sent=True)
                told = retry_after(answers[-1].headers, self._clock)
                return RETRY_AFTER_DEFAULT_S if told is None else told
            return None

        if not wait_for(ask, self._clock, self._settings.patience_s):
            raise ClientError(Exit.WAITING, Say.WAITING, order="EST")
        return Issued([*certificates(answers[-1].body), *self._authorities(transport)])

    def revoke(self, version: Version, reason: str) -> None:
        """EST has no revocation: ACME takes one that the certificate's own key signed."""
        revoke_by_key(self._settings, self._clock, version, reason)

    def _entered(self, replaced: Version | None) -> tuple[Transport, str]:
        """Who asks, and for what. A server's certificate may lack the right to log in by itself
        (clientAuth): then another one, bound to the machine account, is shown for it."""
        transport, shown = Transport(self._settings.trust), self._settings.credentials
        verb = "simpleenroll" if replaced is None else "simplereenroll"
        if replaced and replaced.leaf.not_valid_after_utc <= self._clock.now():
            raise ClientError(Exit.REFUSED, Say.EST_EXPIRED)
        if shown.certificate and shown.key:
            transport.present(shown.certificate, shown.key)
        elif replaced is not None:
            transport.present(replaced.fullchain, replaced.key)
        elif shown.user and shown.secret_file:
            transport.session.auth = (shown.user, files.secret(shown.secret_file))
        else:
            raise ClientError(Exit.CONFIGURATION, Say.EST_CREDENTIALS)
        return transport, verb

    def _authorities(self, transport: Transport) -> list[x509.Certificate]:
        return certificates(transport.send(Call(method="GET", url=self._url("cacerts"))).body)

    def _url(self, verb: str) -> str:
        label = f"/{quote(self._settings.label, safe='')}" if self._settings.label else ""
        return f"{self._settings.server}/.well-known/est{label}/{verb}"


def certificates(body: bytes) -> list[x509.Certificate]:
    """Certificates of a certs-only answer (RFC 8951 §3.2). Raises ClientError (FAILED)."""
    try:
        return pkcs7.load_der_pkcs7_certificates(base64.b64decode(body))
    except ValueError as error:
        raise ClientError(Exit.FAILED, Say.NOT_PKCS7, error=error) from error
