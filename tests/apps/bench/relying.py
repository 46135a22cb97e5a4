"""A relying party of the provider, in process: its browser, and its server with a certificate."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from apps.bench.clients import Bench, peer
from guichet.bench.provider.judgement import thumbprint
from guichet.demo.files import write, write_identities
from guichet.identities.peer import LISTENER_KEY, PEER_KEY
from kit.pki import Leaf, kept_key

BACK = "https://client.test/retour"
GONE = "https://client.test/fin"
SECRET = "un secret de service"
ASKED = {
    "response_type": "code",
    "client_id": "service-a",
    "redirect_uri": BACK,
    "scope": "openid scope_all",
    "acr_values": "eidas1",
    "state": "etat",
    "nonce": "nonce",
}


@dataclass
class Sandbox:
    """The provider over a bench, the services that it knows, and the certificates they hold."""

    bench: Bench
    services: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        write_identities(self.bench.folder.parent / "demo" / "identities.json")

    def declare(self, client_id: str, *leaves: Leaf, **changes: Any) -> None:
        """A service and its certificates, in the registry's published file."""
        began = self.bench.pki.now.isoformat()
        self.services[client_id] = {
            "client_id": client_id,
            "name": f"Service {client_id}",
            "structure_name": "HOPITAL DES 3 DAMES",
            "environment": "test",
            "redirect_uris": [BACK],
            "post_logout_redirect_uris": [GONE],
            "certificates": [
                {"x5t#S256": thumbprint(peer(leaf.chain)), "from": began, "until": None}
                for leaf in leaves
            ],
            **changes,
        }
        self.publish()

    def detach(self, client_id: str, leaf: Leaf) -> None:
        """The association of a certificate is over."""
        over = self.bench.pki.now + timedelta(minutes=1)
        for one in self.services[client_id]["certificates"]:
            if one["x5t#S256"] == thumbprint(peer(leaf.chain)):
                one["until"] = over.isoformat()
        self.publish()

    def publish(self) -> None:
        told = {"services": list(self.services.values())}
        write(self.bench.folder / "associations.json", json.dumps(told).encode())

    def browse(self, path: str, data: Mapping[str, str], *, press: str = "") -> HttpResponse:
        """What a browser gets; `press` chooses a person."""
        client = Client(**{LISTENER_KEY: "provider", "HTTP_HOST": "localhost"})
        with override_settings(ROOT_URLCONF="guichet.conf.provider_urls"):
            if press:
                query = "&".join(f"{name}={value}" for name, value in data.items())
                return client.post(f"{path}?{query}", {"sub": press})  # type: ignore[return-value]
            return client.get(path, data)  # type: ignore[return-value]

    def code(self, *, sub: str = "sophie", **changes: str) -> str:
        """Log in as somebody; the code that goes back."""
        answer = self.browse("/auth", {**ASKED, **changes}, press=sub)
        assert answer.status_code == 302, answer.content
        return parse_qs(urlsplit(answer["Location"]).query)["code"][0]

    def tokens(self, leaf: Leaf, **changes: str) -> dict[str, Any]:
        """A whole login."""
        answer = call(leaf.chain, "token", grant(self.code(**changes)))
        assert answer.status_code == 200, answer.content
        return told(answer)


def grant(code: str, client_id: str = "service-a", **more: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": client_id,
        **more,
    }


def refresh(token: str, client_id: str = "service-a") -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": token, "client_id": client_id}


def call(
    chain: Sequence[bytes], path: str, data: Mapping[str, str] | None = None, **headers: str
) -> HttpResponse:
    """A call of a relying party's server; POST when there are fields."""
    client = Client(**{LISTENER_KEY: "bench", PEER_KEY: peer(chain), "HTTP_HOST": "localhost"})
    if data is None:
        return client.get(f"/psc/{path}", secure=True, headers=headers)  # type: ignore[return-value]
    return client.post(f"/psc/{path}", dict(data), secure=True, headers=headers)  # type: ignore[return-value]


def told(answer: HttpResponse) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.content)
    return found


def userinfo(leaf: Leaf | None, token: str) -> HttpResponse:
    return call(leaf.chain if leaf else (), "userinfo", authorization=f"Bearer {token}")


def refused(answer: HttpResponse) -> tuple[int, str, str]:
    """Status, error of OAuth, and what the developer is told."""
    return answer.status_code, told(answer)["error"], answer.get("Guichet-Diagnostic", "")


def s256(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.fixture
def own(sandbox: Sandbox) -> Leaf:
    """The certificate of service-a."""
    return sandbox.bench.pki.leaf()


@pytest.fixture
def others(sandbox: Sandbox, own: Leaf) -> Leaf:
    """A good certificate, of service-b; service-a and service-b are declared."""
    leaf = sandbox.bench.pki.leaf(key=kept_key("p-256", "p-256"))
    sandbox.declare("service-a", own)
    sandbox.declare("service-b", leaf)
    return leaf
