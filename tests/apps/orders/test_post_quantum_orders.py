"""ML-DSA and Ed25519 keys at the counter: which authority signs, what the pages say."""

from collections.abc import Callable

import pytest
from cryptography import x509

from apps.orders.counter import WITHDRAWAL, Person, csr_pem, text_of, withdrawn
from guichet.x509 import keys

KINDS = [
    ("ml-dsa-65", "TEST AC IGC-SANTE POST-QUANTIQUE ORGANISATION", "ml-dsa-65"),
    ("ed25519", "TEST AC IGC-SANTE ELEMENTAIRE ORGANISATION", "rsa"),
]


@pytest.mark.parametrize(("kind", "issuer", "above"), KINDS)
def test_the_key_says_which_authority_signs(
    sophie: Person, sign: Callable[..., None], kind: str, issuer: str, above: str
) -> None:
    """A post-quantum key is certified under authorities of its like."""
    number = withdrawn(sophie, sign, csr_pem(kind=kind))
    page = sophie.get(f"/produits/suivre/parc/{number}/")
    chain = sophie.get(f"/produits/suivre/parc/{number}/chaine.pem").content
    found = x509.load_pem_x509_certificates(chain)
    assert [keys.kind_of(one.public_key()) for one in (found[0], found[-1])] == [kind, above]
    assert issuer in found[0].issuer.rfc4514_string()
    assert f"CN={issuer}" in text_of(page)
    assert ("n’en fait pas de fichier PKCS#12" in text_of(page)) is (kind in keys.POST_QUANTUM)


def test_another_key_changes_the_authority(sophie: Person, sign: Callable[..., None]) -> None:
    """The order keeps its number: what it asks is unchanged, its key is not."""
    number = sophie.orders(csr_pem(kind="ml-dsa-44"))
    sign()
    data = {"csr_text": csr_pem(), "key_origin": "csr"}
    assert sophie.post(f"/produits/retirer/{number}/nouvelle-cle/", data).status_code == 302
    sign()
    product = sophie.get(sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)["Location"])
    assert "CN=TEST AC IGC-SANTE ELEMENTAIRE ORGANISATION" in text_of(product)


def test_where_the_choice_is_told(sophie: Person) -> None:
    """Commands and their limits where the profile signs; nothing where it encrypts."""
    page = text_of(sophie.get(sophie.to_step_4() + "4/"))
    assert "Hiérarchie post-quantique (essai)" in page
    assert "openssl genpkey -algorithm ml-dsa-65" in page
    assert "newkey ed25519" in page
