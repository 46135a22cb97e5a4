"""The REST API of the counter: an order, followed until it is available, then withdrawn."""

import secrets
from collections.abc import Mapping
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from guichet_client import files
from guichet_client.clock import Clock
from guichet_client.errors import ClientError, Exit
from guichet_client.protocols.way import Asked, Issued
from guichet_client.settings import Settings, Wanted
from guichet_client.store import Version
from guichet_client.transport import Answer, Call, Transport, wait_for
from guichet_client.wording import Say

POLL_S: Final = 2
WAITING: Final = "issuing"
READY: Final = "available"
WITHDRAWN: Final = "withdrawn"
REVOKED: Final = "revoked"


class Rest:
    """One certificate by REST, with a token or a client certificate."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._transport = Transport(settings.trust)
        self._headers: dict[str, str] = {}
        shown = settings.credentials
        if shown.certificate and shown.key:
            self._transport.present(shown.certificate, shown.key)
        elif shown.token_file:
            self._headers["Authorization"] = f"Bearer {files.secret(shown.token_file)}"

    def check(self) -> str:
        """See that the credential lets in."""
        self._get("/products?page=1")
        return Say.REACHED.text(url=self._settings.server)

    def obtain(self, asked: Asked) -> Issued:
        """Order or renew once, whatever is interrupted; the order's number is kept meanwhile."""
        number = asked.progress.get("order") or self._order(asked)
        found: dict[str, Any] = {}

        def ask() -> int | None:
            found.update(self._get(f"/orders/{number}").data)
            return POLL_S if found["state"] == WAITING else None

        if not wait_for(ask, self._clock, self._settings.patience_s):
            raise ClientError(Exit.WAITING, Say.WAITING, order=number)
        return self._fetched(int(number), found)

    def revoke(self, version: Version, reason: str) -> None:
        """Revoke by right of ownership; of what is revoked already, there is nothing to say."""
        number = version.facts.get("product") or self._product_of(version.leaf)
        if self._get(f"/products/{number}").data["state"] == REVOKED:
            return
        self._post(f"/products/{number}/revocation", {"reason": reason}, statuses=(200,))

    def _order(self, asked: Asked) -> int:
        # A run that dies after sending sends the same key again: one order is made.
        once = asked.progress.get("idempotency_key") or secrets.token_urlsafe(24)
        asked.note(idempotency_key=once)
        replaced = asked.replaced
        if replaced and replaced.leaf.not_valid_after_utc > self._clock.now():
            product = replaced.facts.get("product") or self._product_of(replaced.leaf)
            path, body = f"/products/{product}/renewal", {"csr": _pem(asked.csr_der)}
        else:
            path, body = "/orders", self._order_body(asked)
        number = int(self._post(path, body, statuses=(202,), once=once).data["number"])
        asked.note(order=number)
        return number

    def _order_body(self, asked: Asked) -> dict[str, Any]:
        wanted = self._settings.wanted
        offer, _, usage = wanted.profile.partition("/")
        return {
            "offer": offer,
            "usage": usage,
            "structure": wanted.structure,
            _field(wanted): wanted.name,
            "actor_email": wanted.contact,
            "csr": _pem(asked.csr_der),
        }

    def _fetched(self, number: int, order: Mapping[str, Any]) -> Issued:
        """Withdraw; of what an earlier run withdrew, whose answer was lost, read the product."""
        if order["state"] == WITHDRAWN:
            told = self._get(f"/products/{order['product']}").data
        elif order["state"] == READY:
            # The owner of a product revokes without this code: nobody keeps it.
            body = {"revocation_code": secrets.token_urlsafe(24), "accept_terms": True}
            told = self._post(f"/orders/{number}/withdrawal", body, statuses=(200,)).data
        else:
            why = order.get("failure") or order["state"]
            raise ClientError(Exit.REFUSED, Say.ORDER_ENDED, order=number, why=why)
        product = int(told.get("product") or order.get("product") or 0)
        pem = f"{told['certificate']}\n{told['chain']}".encode()
        return Issued(x509.load_pem_x509_certificates(pem), {"order": number, "product": product})

    def _product_of(self, leaf: x509.Certificate) -> int:
        """The number of a certificate that another protocol obtained."""
        size = max(1, (leaf.serial_number.bit_length() + 7) // 8)
        serial = leaf.serial_number.to_bytes(size, "big").hex(":").upper()
        for item in self._get(f"/products?text={serial}").data["items"]:
            if item["serial"] == serial:
                return int(item["number"])
        raise ClientError(Exit.REFUSED, Say.PRODUCT_UNKNOWN, serial=serial)

    def _get(self, path: str) -> Answer:
        url = f"{self._settings.server}/api/v1{path}"
        return self._transport.send(Call(method="GET", url=url, headers=self._headers))

    def _post(
        self, path: str, body: Mapping[str, Any], *, statuses: tuple[int, ...], once: str = ""
    ) -> Answer:
        # Every POST has a key, so that one whose answer was lost may be sent again.
        headers = self._headers | {"Idempotency-Key": once or secrets.token_urlsafe(24)}
        url = f"{self._settings.server}/api/v1{path}"
        call = Call(method="POST", url=url, json=body, headers=headers, statuses=statuses)
        return self._transport.send(call)


def _field(wanted: Wanted) -> str:
    """Which field of an order the name fills."""
    if not wanted.is_server:
        return "service"
    return "mail" if "@" in wanted.name else "fqdn"


def _pem(csr_der: bytes) -> str:
    return x509.load_der_x509_csr(csr_der).public_bytes(serialization.Encoding.PEM).decode()
