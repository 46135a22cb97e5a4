"""What each person does, for locust: log in by card, order, follow, withdraw, look around.

Run by `make load` (benchmarks/crowd/__main__.py), in an environment of locust's own.
"""

import json
import os
import re
import time
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from locust import HttpUser, between, task
from locust.exception import StopUser
from requests.adapters import HTTPAdapter

CARDS: Final = Path(os.environ["CROWD_CARDS"])
NUMBERS: Final[list[str]] = json.loads((CARDS / "people.json").read_text())
CODE: Final = "agrafe-correcte-2026"
ISSUED_WITHIN_S: Final = 120
POLL_S: Final = 2
STEPS: Final = re.compile(r'"(/produits/demander/[0-9a-f-]{36}/)')
NUMBER: Final = re.compile(r"/produits/(?:retirer|suivre/demandes)/(\d+)/")
TOKEN: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
STRUCTURE: Final = re.compile(r'name="structure_id"[^>]*value="([^"]+)"')
BOX: Final = re.compile(
    r'<input[^>]*type="checkbox"[^>]*name="([^"]+)"|<input[^>]*name="([^"]+)"[^>]*type="checkbox"'
)


class WrongPageError(Exception):
    """A page is not the one that was waited for; locust counts it."""


def request() -> str:
    """A PKCS#10 request of a key of its own, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


class From(HTTPAdapter):
    """Connects from an address of its own: nginx limits each, and people have theirs."""

    def __init__(self, rank: int) -> None:
        self._address = f"127.0.{1 + rank // 250}.{1 + rank % 250}"
        super().__init__()

    def init_poolmanager(self, *places: Any, **named: Any) -> None:
        """Its connections come from there."""
        super().init_poolmanager(*places, source_address=(self._address, 0), **named)


class Person(HttpUser):
    """Somebody with a card, who thinks between two pages."""

    wait_time = between(2, 8)

    def on_start(self) -> None:
        """Take a card that nobody else took, come in, log in."""
        if not NUMBERS:
            raise StopUser
        self.number = NUMBERS.pop()
        self.client.mount("https://", From(len(NUMBERS)))
        self.client.verify = os.environ["CROWD_ROOTS"]
        self.orders = 0
        self.get("/", "home, nobody logged in")
        self.think()
        self.log_in()

    def think(self) -> None:
        """As long as a page takes to be read or filled."""
        time.sleep(self.wait_time())

    def get(self, path: str, name: str) -> str:
        """A page that must be there."""
        with self.client.get(path, name=name, catch_response=True) as answer:
            return self.good(answer)

    def post(self, path: str, page: str, name: str, data: dict[str, str]) -> tuple[str, str]:
        """Send a form and follow: the page, and where it is."""
        token = TOKEN.search(page)
        if token is None:
            raise WrongPageError(name)
        address = self.client.base_url + path
        sent = data | {"csrfmiddlewaretoken": token[1]}
        with self.client.post(
            path, sent, name=name, headers={"Referer": address}, catch_response=True
        ) as answer:
            return self.good(answer), answer.url.removeprefix(self.client.base_url)

    def good(self, answer: Any) -> str:
        """Its text; a refusal is a failure."""
        if answer.status_code != 200:
            answer.failure(f"{answer.status_code}")
            raise WrongPageError(f"{answer.status_code} {answer.url}")
        return str(answer.text)

    def log_in(self) -> None:
        """The portal sends to the card port, which sends back with a code."""
        card = (str(CARDS / f"{self.number}.crt"), str(CARDS / f"{self.number}.key"))
        began = self.client.get(
            "/connexion/carte/", name="log in: begin", allow_redirects=False
        ).headers["Location"]
        back = self.client.get(
            began, name="log in: card", cert=card, allow_redirects=False
        ).headers["Location"]
        self.get(back.removeprefix(self.client.base_url), "log in: end, and home")

    @task
    def order(self) -> None:
        """From the form to the certificate in hand, then a look around."""
        number = self.place()
        self.wait_for(number)
        self.think()
        self.withdraw(number)
        self.think()
        self.get("/produits/suivre/parc/", "inventory")
        self.think()
        self.get("/produits/suivre/", "orders")

    def place(self) -> str:
        """The four steps of an order; its number."""
        self.orders += 1
        page = self.get("/produits/demander/", "order: begin")
        if "/1/" not in page:  # a former one was left unfinished
            page, _ = self.post("/produits/demander/", page, "order: begin", {})
        where = self.address_of(page)
        offered = STRUCTURE.search(page)
        if offered is None:
            raise WrongPageError("order: step 1")
        steps = (
            {"offer": "ORG", "structure_id": offered[1]},
            {},
            {
                "usage": "AUTH_CLI",
                "service": f"Service {self.number} {self.orders}",
                "actor_email": "service@hopital.test",
            },
            {"csr_text": request()},
        )
        for rank, data in enumerate(steps, 1):
            self.think()
            page, _ = self.post(f"{where}{rank}/", page, f"order: step {rank}", data)
        found = NUMBER.search(page)
        if found is None:
            raise WrongPageError("order: end")
        return found[1]

    def address_of(self, page: str) -> str:
        """Of the steps of the order, as a form of the page names it."""
        found = STEPS.search(page)
        if found is None:
            raise WrongPageError("order: begin")
        return found[1]

    def wait_for(self, number: str) -> None:
        """Look as the page does, until the certificate is there; the wait is counted apart."""
        began = time.monotonic()
        path = f"/produits/suivre/demandes/{number}/etat/"
        while json.loads(self.get(path, "order: state"))["state"] == "issuing":
            if time.monotonic() - began > ISSUED_WITHIN_S:
                raise WrongPageError("not issued in time")
            time.sleep(POLL_S)
        waited = 1000 * (time.monotonic() - began)
        self.environment.events.request.fire(
            request_type="WAIT",
            name="from the order to its certificate",
            response_time=waited,
            response_length=0,
            exception=None,
            context={},
        )

    def withdraw(self, number: str) -> None:
        """The code and the terms; the page of the product."""
        path = f"/produits/retirer/{number}/"
        page = self.get(path, "withdraw: form")
        boxes = {name: "on" for found in BOX.findall(page) for name in found if name}
        self.think()
        page, where = self.post(path, page, "withdraw", {"code": CODE, "code_again": CODE} | boxes)
        if "/parc/" not in where:
            raise WrongPageError("withdraw")
