"""The companies' API for tests: a real server on the loopback, which answers as told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from guichet.directories.companies import (
    OnlineCompanies,
)
from guichet.domain.identifiers import Siret
from kit import loopback


@dataclass
class Api:
    """What to answer, one after the other (the last for ever), and what was asked."""

    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    url: str = ""
    hang_up: bool = False

    def next(self) -> tuple[int, bytes]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def company_api() -> Iterator[Api]:
    """Serve until the end of the block."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            api.asked.append(self.path)
            if api.hang_up:
                self.connection.close()
                return
            status, body = api.next()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return None

    with loopback.running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        server.daemon_threads = True
        api.url = f"http://127.0.0.1:{server.server_port}"
        yield api


AGENCY = Siret("18751275100020")


def site(**changed: Any) -> dict[str, Any]:
    """An establishment as the API gives it."""
    return {
        "siret": AGENCY.value,
        "activite_principale": "84.12Z",
        "adresse": "9 RUE GEORGES PITARD 75015 PARIS",
        "code_postal": "75015",
        "commune": "75115",
        "libelle_commune": "PARIS",
        "date_creation": "2008-01-01",
        "date_fermeture": None,
        "est_siege": True,
        "etat_administratif": "A",
        "liste_enseignes": ["ANS"],
        "statut_diffusion_etablissement": "O",
    } | changed


def unit(**changed: Any) -> dict[str, Any]:
    """A company as the API gives it."""
    return {
        "siren": "187512751",
        "nom_complet": "AGENCE DU NUMERIQUE EN SANTE (ANS)",
        "nom_raison_sociale": "AGENCE DU NUMERIQUE EN SANTE",
        "siege": site(),
        "matching_etablissements": [site()],
        "date_creation": "2005-04-12",
        "tranche_effectif_salarie": "22",
        "nature_juridique": "7410",
        "activite_principale": "84.12Z",
        "etat_administratif": "A",
        "statut_diffusion": "O",
        "date_mise_a_jour": "2026-02-11T04:12:33",
        "finances": {"2022": {"ca": 1}, "2023": {"ca": 1234567, "resultat_net": 5}},
    } | changed


def body(*units: object) -> bytes:
    """The answer (JSON) that lists these companies."""
    return json.dumps({"results": units, "total_results": len(units)}).encode()


@pytest.fixture
def api() -> Iterator[Api]:
    """The API, on the loopback."""
    with company_api() as served:
        yield served


@pytest.fixture
def online(api: Api) -> Iterator[OnlineCompanies]:
    """Who asks it, and waits for little."""
    client = OnlineCompanies(api.url)
    yield client
    client.close()
