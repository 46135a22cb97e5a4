"""ACME (RFC 8555): an order, the proof of a name where it is not proved yet, the certificate."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from guichet_client.challenges import answering
from guichet_client.clock import Clock
from guichet_client.errors import ClientError, Exit
from guichet_client.protocols.acme_accounts import Account
from guichet_client.protocols.acme_network import (
    Network,
    b64,
    certificate_id,
    problem_of,
)
from guichet_client.protocols.acme_revocation import revoke_by_key, send
from guichet_client.protocols.way import Asked, Issued
from guichet_client.settings import Settings
from guichet_client.store import Version
from guichet_client.transport import retry_after, wait_for
from guichet_client.wording import Say

SERVER: Final = "dns"
SERVICE: Final = "guichet-service"
POLL_S: Final = 1


class Acme:
    """One certificate by ACME."""

    def __init__(self, settings: Settings, root: Path, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._account = Account(settings, root)

    def check(self) -> str:
        """Read the directory."""
        network = Network(self._settings.server, self._settings.trust)
        network.address("newOrder")
        return Say.REACHED.text(url=self._settings.server)

    def obtain(self, asked: Asked) -> Issued:
        """Order, prove, finalize, fetch; an order that a run left unfinished is taken up again."""
        network = self._account.enter()
        url = str(asked.progress.get("order") or self._ordered(network, asked))
        order = network.post(url).json()
        if order["status"] == "pending":
            for authorization in order["authorizations"]:
                self._prove(network, authorization)
            order = self._settled(network, url, "pending")
        if order["status"] == "ready":
            network.post(order["finalize"], {"csr": b64(asked.csr_der)})
            order = self._settled(network, url, "processing")
        if order["status"] != "valid":
            raise problem_of(order.get("error"), url)
        pem = network.post(order["certificate"]).content
        return Issued(x509.load_pem_x509_certificates(pem), {"order": url})

    def revoke(self, version: Version, reason: str) -> None:
        """Revoke by account; by the certificate's key where there is none."""
        if self._account.is_made:
            send(self._account.enter(), version, reason)
        else:
            revoke_by_key(self._settings, self._clock, version, reason)

    def _ordered(self, network: Network, asked: Asked) -> str:
        """The address of a new order, which says what it replaces (RFC 9773 §5) where it may."""
        wanted = self._settings.wanted
        kind = SERVER if wanted.is_server else SERVICE
        body: dict[str, Any] = {"identifiers": [{"type": kind, "value": wanted.name}]}
        profile = self._settings.proving.profile or self._advertised(network)
        if profile:
            body["profile"] = profile
        replaced, tells = asked.replaced, network.directory.get("renewalInfo")
        if replaced and tells and replaced.leaf.not_valid_after_utc > self._clock.now():
            body["replaces"] = certificate_id(replaced.leaf)
        found = network.post(network.address("newOrder"), body)
        url = str(found.headers["Location"])
        asked.note(order=url)
        return url

    def _advertised(self, network: Network) -> str:
        """The server's name of our profile, if it has one: "SERV/SSL_SERV" or "serv-ssl-serv"."""
        profiles = (network.directory.get("meta") or {}).get("profiles") or {}
        ours = self._settings.wanted.profile
        return next((name for name in profiles if _plain(name) == _plain(ours)), "")

    def _prove(self, network: Network, url: str) -> None:
        """Prove one name; nothing to do for what the counter proved already."""
        found = network.post(url).json()
        if found["status"] != "pending":
            return
        proving, name = self._settings.proving, str(found["identifier"]["value"])
        offered = {one["type"]: one for one in found["challenges"]}
        if proving.challenge not in offered:
            among = ", ".join(sorted(offered)) or "—"
            raise ClientError(Exit.CONFIGURATION, Say.NO_CHALLENGE, name=name, among=among)
        challenge = offered[proving.challenge]
        with answering(proving, name, challenge["token"], network.key):
            network.post(challenge["url"], {})
            found = self._settled(network, url, "pending")
        if found["status"] != "valid":
            failed = (one.get("error") for one in found["challenges"] if one.get("error"))
            raise problem_of(next(failed, None), url)

    def _settled(self, network: Network, url: str, passing: str) -> Mapping[str, Any]:
        """An order or authorization once it is no longer in a passing state.

        Raises ClientError (WAITING) when patience ends first.
        """
        found: dict[str, Any] = {}

        def ask() -> int | None:
            told = network.post(url)
            found.update(told.json())
            if found["status"] != passing:
                return None
            pause = retry_after(told.headers, self._clock)
            return POLL_S if pause is None else pause

        if not wait_for(ask, self._clock, self._settings.patience_s):
            raise ClientError(Exit.WAITING, Say.WAITING, order=url)
        return found


def _plain(name: str) -> str:
    return name.lower().replace("/", "-").replace("_", "-")
