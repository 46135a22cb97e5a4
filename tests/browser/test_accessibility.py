"""axe-core on the pages people meet: no serious violation, by person, in light and dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from kit.stack import Stack

pytestmark = pytest.mark.browser
AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
PAGES = {
    "": [
        "/",
        "/connexion/",
        "/connexion/inscription/",
        "/connexion/oubli/",
        "/connexion/mot-de-passe/",
        "/habilitations/",
        "/habilitations/verifier/",
        "/habilitations/statistiques/",
        "/produits/verifier/",
        "/etat/",
        "/aide/",
        "/aide/api/",
        "/aide/refus/",
        "/style/",
        "/accessibilite/",
        "/mentions-legales/",
        "/nulle-part/",
    ],
    "sophie": [
        "/",
        "/produits/demander/",
        "/produits/retirer/",
        "/produits/suivre/",
        "/produits/suivre/parc/",
        "/produits/suivre/echeances/",
        "/produits/revoquer/",
        "/automates/",
        "/automates/nouveau/",
        "/automates/sante/",
        "/automates/webhooks/",
        "/automates/webhooks/nouveau/",
        "/associations/",
        "/associations/declarer/",
        "/connexion/compte/",
        "/courriers/",
    ],
    "jean": [
        "/",
        "/habilitations/",
        "/habilitations/siret/",
        "/habilitations/siret/18751275100020/",
        "/habilitations/essai/",
        "/habilitations/structures/",
        "/habilitations/structures/318751275100020/",
        "/habilitations/structures/318751275100020/domaines/",
        "/habilitations/structures/318751275100020/delegations/",
        "/habilitations/etablissement/",
        "/habilitations/editeur/",
    ],
    "jeanne2": ["/", "/habilitations/renouvellement/"],
    "ines": [
        "/gestion/dossiers/",
        "/gestion/dossiers/?onglet=tous",
        "/gestion/dossiers/statistiques/",
        "/gestion/dossiers/notifications/",
    ],
}


@pytest.fixture(params=sorted(PAGES))
def visit(request: Any, browser: Browser, stack: Stack) -> Iterator[tuple[str, Page]]:
    person: str = request.param
    cards = stack.state / "demo" / "cards"
    offered = [
        {
            "origin": stack.card_url,
            "certPath": str(cards / f"{person}.crt"),
            "keyPath": str(cards / f"{person}.key"),
        }
    ]
    context = browser.new_context(
        ignore_https_errors=True,
        locale="fr-FR",
        client_certificates=offered if person else None,  # type: ignore[arg-type]
    )
    page = context.new_page()
    if person:
        page.goto(f"{stack.portal_url}/connexion/carte/")
        assert page.get_by_role("button", name="Se déconnecter").count() == 1
    yield person, page
    context.close()


def test_no_serious_violation(visit: tuple[str, Page], stack: Stack) -> None:
    person, page = visit
    source = AXE.read_text()
    found = []
    for theme, width in (("light", 1280), ("dark", 360)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        for path in PAGES[person]:
            page.goto(stack.portal_url + path)
            page.evaluate(source)
            answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            assert answer["passes"], path
            found += [
                (path, theme, violation["id"], violation["nodes"][0]["html"][:160])
                for violation in answer["violations"]
                if violation["impact"] in GRAVE
            ]
            overflow = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, (path, width)
    assert found == []
