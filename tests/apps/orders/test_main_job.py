"""DEMANDER, RETIRER, SUIVRE, RÉVOQUER through the pages, with the real signer."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

from apps.orders.counter import CODE, HOSPITAL, INFORMATION, Person, csr_pem, text_of
from apps.orders.ends import ends_in
from guichet.journal import queries as journal
from guichet.notifications import queries as notifications
from guichet.orders.models import OrderDraft
from kit import pki

Sign = Callable[..., None]
WITHDRAWAL = {"code": CODE, "code_again": CODE, "terms": "on", "policy": "on"}


def test_the_deck_s_order_from_request_to_revocation(
    sophie: Person, sign: Sign, tmp_path: Path
) -> None:
    """The whole main job; the certificate carries the registers' subject, not the request's."""
    number = sophie.orders(service="Monserviceclient")
    assert number == 101_180
    sign()
    page = text_of(sophie.get("/produits/retirer/"))
    assert "101180" in page
    answer = sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)
    assert answer.status_code == 302, text_of(answer)
    product = sophie.get(answer["Location"])
    shown = text_of(product)
    assert "CN=Monserviceclient, OU=10B0135356, O=HOPITAL DES 3 DAMES, ST=Paris (75), C=FR" in shown
    assert "Le certificat est retiré" in shown
    summary = product.context["product"]
    base = f"/produits/suivre/parc/{summary.number}/"
    (tmp_path / "leaf.pem").write_bytes(sophie.get(base + "certificat.pem").content)
    (tmp_path / "trust.pem").write_bytes(sophie.get(base + "autorites.pem").content)
    verified = subprocess.run(
        ["openssl", "verify", "-x509_strict", "-CAfile", "trust.pem", "leaf.pem"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr
    revoked = sophie.post(
        f"/produits/revoquer/{summary.number}/confirmer/?motif=theft", {"confirmed": "on"}
    )
    assert revoked.status_code == 302, text_of(revoked)
    receipt = text_of(sophie.get(revoked["Location"]))
    assert "101181" in receipt
    assert "Vol du matériel" in receipt
    about = notifications.about(f"order:{number}")
    assert [mail.subject.rsplit(" ", 2)[-2:] for mail in about] == [
        ["en", "compte"],
        ["est", "disponible"],
        ["est", "retiré"],
        ["est", "révoqué"],
    ]
    assert all("privilegier@leslistesdediffusion.fr" in mail.to for mail in about)
    told = about[-1].text.replace("\u202f", " ")
    assert "Numéro de la demande de révocation : 101181" in told
    assert "OU=IGC-SANTE TEST, OU=0002 187512751, O=ASIP-SANTE, C=FR" in told
    events = [entry.event for entry in journal.entries_about(f"order:{number}")]
    assert events == ["order-placed", "order-available", "order-withdrawn"]
    assert [e.event for e in journal.entries_about(f"product:{summary.number}")] == [
        "product-revoked"
    ]


@pytest.mark.parametrize(
    ("offer", "information"),
    [
        ("ORG", {"usage": "SIGN"}),
        ("ORG", {"usage": "CONF"}),
        ("SERV", {"usage": "SSL_SERV", "fqdn": "portail.hopital.fr"}),
        ("SERV", {"usage": "SMIME", "mail": "accueil@hopital.fr"}),
        ("SERV", {"usage": "SIGN", "mail": "accueil@hopital.fr"}),
        ("SERV", {"usage": "CONF", "mail": "accueil@hopital.fr"}),
        ("PRO", {"usage": "AUTH"}),
        ("PRO", {"usage": "SIGN", "mail": "jean.dupont@hopital.fr", "title": "Médecin"}),
        ("PRO", {"usage": "CONF", "mail": "jean.dupont@hopital.fr"}),
    ],
)
def test_every_offer_and_usage_can_be_ordered_and_withdrawn(
    sophie: Person, sign: Sign, offer: str, information: dict[str, str]
) -> None:
    """Each profile of the catalogue, RSA key."""
    if offer == "PRO":
        information |= {"national_id": "899700102033", "surname": "DUPONT", "given_names": "JEAN"}
    service = "Monserviceclient" if offer == "ORG" else ""
    number = sophie.orders(
        offer=offer, csr=csr_pem(kind="rsa-2048"), service=service, **information
    )
    sign()
    answer = sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)
    assert answer.status_code == 302, text_of(answer)
    product = sophie.get(answer["Location"]).context["product"]
    assert product.order.profile == f"{offer}/{information['usage']}"


@pytest.mark.parametrize(
    ("offer", "information"),
    [
        ("ORG", {}),
        ("SERV", {"usage": "SSL_SERV", "service": "", "fqdn": "portail.hopital.fr"}),
        (
            "PRO",
            {
                "usage": "AUTH",
                "service": "",
                "national_id": "899700102033",
                "surname": "DUPONT",
                "given_names": "JEAN",
            },
        ),
    ],
)
def test_the_three_first_steps_leave_what_other_tests_begin_with(
    sophie: Person, offer: str, information: dict[str, str]
) -> None:
    """Each page passes; `to_step_4` writes the same draft."""
    filled = sophie.through_the_steps(offer, **information)
    written = sophie.to_step_4(offer, **information)
    left, begun = (
        OrderDraft.objects.get(key=base.rstrip("/").split("/")[-1]) for base in (filled, written)
    )
    assert left.typed == begun.typed
    assert (left.owner_ref, left.number) == (begun.owner_ref, begun.number)
    assert [sophie.get(base + "4/").status_code for base in (filled, written)] == [200, 200]


def test_the_four_forms_of_download_hold_the_same_certificate(sophie: Person, sign: Sign) -> None:
    """PEM, DER, PKCS#7 and chain; the chain goes without the root."""
    number = sophie.orders()
    sign()
    location = sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)["Location"]
    base = location.split("?")[0]
    der = sophie.get(base + "certificat.cer").content
    leaf = x509.load_der_x509_certificate(der)
    assert x509.load_pem_x509_certificate(sophie.get(base + "certificat.pem").content) == leaf
    bundle = pkcs7.load_der_pkcs7_certificates(sophie.get(base + "certificat.p7b").content)
    assert leaf in bundle
    chain = x509.load_pem_x509_certificates(sophie.get(base + "chaine.pem").content)
    assert chain[0] == leaf
    assert chain[0].issuer == chain[1].subject
    assert chain[-1].issuer != chain[-1].subject
    named = sophie.get(base + "chaine.pem")["Content-Disposition"]
    assert named.startswith('attachment; filename="chaine-')
    assert sophie.get(base + "cle.pem").status_code == 404


def test_a_der_file_is_taken(sophie: Person, authorities: object) -> None:
    """CSR by file, DER."""
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    base = sophie.to_step_4()
    upload = SimpleUploadedFile("serveur.csr", pki.csr(pki.fresh_key("p-256")))
    answer = sophie.post(base + "4/", {"csr_file": upload})
    assert answer["Location"] == base + "fin/"


def test_final_page_tells_number_and_addresses(sophie: Person, authorities: object) -> None:
    """The deck's final page, word for word."""
    base = sophie.to_step_4()
    page = text_of(sophie.get(sophie.post(base + "4/", {"csr_text": csr_pem()})["Location"]))
    flat = " ".join(page.split())
    assert "Votre demande de produit ORG/AUTH_CLI numéro 101180 a bien été prise en compte." in flat
    assert INFORMATION["actor_email"] in flat
    assert INFORMATION["informed_email"] in flat
    assert "fait l’objet d’une demande et sera bientôt disponible au retrait" in flat


def test_renewal_takes_over_what_is_known(sophie: Person, sign: Sign) -> None:
    """Step 2: a product found again, near its end, fills step 3."""
    number = sophie.orders()
    sign()
    location = sophie.post(f"/produits/retirer/{number}/", WITHDRAWAL)["Location"]
    product = ends_in(sophie.get(location).context["product"].number, 30)
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    page = sophie.get(base + "2/")
    assert [p.number for p in page.context["page"].object_list] == [product]
    assert sophie.post(base + "2/", {"renew": "9" * 5_000}).status_code == 404
    assert sophie.post(base + "2/", {"renew": str(product)})["Location"] == base + "3/"
    form = sophie.get(base + "3/").context["form"]
    assert form["service"].value() == "Monserviceclient"
    assert sophie.post(base + "3/", INFORMATION)["Location"] == base + "4/"
    answer = sophie.post(base + "4/", {"csr_text": csr_pem()})
    order = sophie.get(answer["Location"]).context["order"]
    assert order.renewal_of == product
