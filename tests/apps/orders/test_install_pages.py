"""Ready configuration, filled with the product's own names and nothing that needs quoting."""

import pytest

from apps.orders.counter import WITHDRAWAL, Person, Sign, csr_pem, text_of

SAID = {
    "AUTH_CLI": ["nginx", "Keycloak", "service.exemple.fr", "/etc/ssl/mon-service"],
    "SIGN": ["openssl cms -sign", "PKCS7SignatureBuilder"],
    "CONF": ["openssl cms -encrypt"],
}
NOT_SAID = {"AUTH_CLI": "openssl cms", "SIGN": "cms -encrypt", "CONF": "PKCS7SignatureBuilder"}


def product_of(somebody: Person, sign: Sign, offer: str = "ORG", **asked: str) -> int:
    """A product of another offer or usage, by its number."""
    base = somebody.to_step_4(offer, **asked)
    answer = somebody.post(base + "4/", {"csr_text": csr_pem()})
    number = somebody.get(answer["Location"]).context["order"].number
    sign()
    location = somebody.post(f"/produits/retirer/{number}/", WITHDRAWAL)["Location"]
    return int(somebody.get(location).context["product"].number)


@pytest.mark.parametrize("usage", SAID)
def test_by_usage(sophie: Person, jeanne: Person, sign: Sign, usage: str) -> None:
    """What the certificate can do, and no more; a stranger sees nothing."""
    number = product_of(sophie, sign, usage=usage, service="Mon $(service) <é>t")
    address = f"/produits/suivre/parc/{number}/installer/"
    assert jeanne.get(address).status_code == 404
    page = text_of(sophie.get(address))
    for words in [*SAID[usage], f"chaine-{number}-TEST.pem", "keytool"]:
        assert words in page, words
    assert NOT_SAID[usage] not in page
    assert address in text_of(sophie.get(f"/produits/suivre/parc/{number}/"))


def test_a_server_and_its_folder(sophie: Person, sign: Sign) -> None:
    """The name of the certificate; a folder that would need quoting is refused."""
    number = product_of(
        sophie, sign, "SERV", usage="SSL_SERV", fqdn="dossier.hopital.fr", service=""
    )
    address = f"/produits/suivre/parc/{number}/installer/"
    page = text_of(sophie.get(address, dossier="/srv/tls"))
    assert "server_name dossier.hopital.fr;" in page
    assert f"ssl_certificate /srv/tls/chaine-{number}-TEST.pem;" in page
    for folder in ("relatif", "/a b", "/a;b", "/a$(id)"):
        answer = sophie.get(address, dossier=folder)
        assert "Donnez un chemin absolu" in text_of(answer)
        assert "/etc/ssl/dossier-hopital-fr/" in text_of(answer)


def test_the_service_to_reach(sophie: Person, sign: Sign) -> None:
    """Written as DNS writes it; what is no name is told."""
    number = product_of(sophie, sign, usage="AUTH_CLI")
    address = f"/produits/suivre/parc/{number}/installer/"
    assert "https://xn--caf-dma.exemple.fr/" in text_of(sophie.get(address, hote="café.exemple.fr"))
    page = text_of(sophie.get(address, hote="a b;c"))
    assert "https://service.exemple.fr/" in page
    assert "https://a b;c/" not in page
