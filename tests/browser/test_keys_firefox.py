"""The same key in Debian's Firefox ESR: born, withdrawn, joined to its certificate."""

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from kit import firefox
from kit.counter_pages import PASSWORD, REVOCATION_CODE
from kit.stack import Stack

pytestmark = pytest.mark.browser
STATUS = "document.querySelector('[data-part=status]').textContent"


def test_from_the_key_to_the_pkcs12(stack: Stack) -> None:
    with firefox.running() as tab:
        log_in(tab, stack)
        number = order(tab, stack)
        withdraw(tab, stack, number)
        found = pkcs12.load_pkcs12(tab.saved(".p12").read_bytes(), PASSWORD.encode())
        assert tab.saved("-recuperation.pem").read_text().startswith("-----BEGIN ENCRYPTED")
    assert found.key is not None
    assert found.cert is not None
    assert found.key.public_key() == found.cert.certificate.public_key()


def log_in(tab: firefox.Firefox, stack: Stack) -> None:
    """By e-CPS: no reader is needed."""
    tab.go(stack.portal_url + "/connexion/")
    tab.press("main a", "Se connecter par e-CPS")
    tab.press("button", "SOPHIE")
    tab.until("document.body.innerText.includes('Se déconnecter')")


def order(tab: firefox.Firefox, stack: Stack) -> str:
    tab.go(stack.portal_url + "/produits/demander/")
    if "/1/" not in tab.ask("location.pathname"):
        tab.press("button", "Commencer une nouvelle demande")
    tab.press("input[name=offer][value=ORG]")
    tab.press("input[name=structure_id]")
    tab.press("button", "Suivant")
    tab.press("button", "nouveau produit")
    tab.press("input[name=usage][value=AUTH_CLI]")
    tab.fill("input[name=service]", "firefox")
    tab.fill("input[name=actor_email]", "liste@hopital-3-dames.test")
    tab.press("button", "Suivant")
    tab.fill("[data-part=kind]", "p-256")
    tab.fill("[data-part=password]", PASSWORD)
    tab.fill("[data-part=again]", PASSWORD)
    tab.press("[data-part=generate]")
    tab.until(f"{STATUS}.includes('Une clé est prête')")
    tab.press("[data-part=recovery]")
    tab.press("button", "Finaliser")
    tab.until(f"{STATUS}.includes('gardée, chiffrée')")
    ready = "document.querySelector('main a[href^=\"/produits/retirer/\"]')"
    return str(tab.until(f"{ready} && {ready}.pathname.match(/retirer.(\\d+)/)[1]"))


def withdraw(tab: firefox.Firefox, stack: Stack, number: str) -> None:
    tab.go(f"{stack.portal_url}/produits/retirer/{number}/")
    tab.until(f"{STATUS}.includes('Ce navigateur tient la clé')")
    tab.fill("input[name=code]", REVOCATION_CODE)
    tab.fill("input[name=code_again]", REVOCATION_CODE)
    tab.press("input[name=terms]")
    tab.press("input[name=policy]")
    tab.press("button", "Retirer le certificat")
    tab.fill("[data-keys=join] [data-part=password]", "faux")
    tab.press("[data-part=open]")
    tab.until(f"{STATUS}.includes('n’ouvre pas la clé')")
    tab.fill("[data-keys=join] [data-part=password]", PASSWORD)
    tab.press("[data-part=open]")
    tab.until(f"{STATUS}.includes('la preuve que vous tenez la clé est enregistrée')")
