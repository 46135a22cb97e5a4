"""Wrong files and wrong words at the counter: each is told what is wrong with it."""

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.orders.counter import HOSPITAL, INFORMATION, Person, csr_pem, everything_stored, text_of
from guichet.journal import queries as journal
from guichet.orders.models import Order
from kit import pki


@pytest.mark.parametrize("form", ["pkcs8", "traditional", "encrypted", "der"])
def test_a_private_key_is_refused_never_kept_and_journalled(
    sophie: Person, authorities: object, form: str
) -> None:
    """REFUSED. The user is told that the key is burnt, and nothing holds it afterwards."""
    key = pki.fresh_key("rsa-2048")
    lock = BestAvailableEncryption(b"phrase") if form == "encrypted" else NoEncryption()
    encoding = Encoding.DER if form == "der" else Encoding.PEM
    shape = PrivateFormat.TraditionalOpenSSL if form == "traditional" else PrivateFormat.PKCS8
    data = key.private_bytes(encoding, shape, lock)
    base = sophie.to_step_4()
    sent = (
        {"csr_file": SimpleUploadedFile("cle.key", data)}
        if form == "der"
        else {"csr_text": data.decode()}
    )
    answer = sophie.post(base + "4/", sent)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "considérez-la comme compromise" in page
    body = data.decode("latin-1").splitlines()[1][:40] if form != "der" else ""
    assert not body or body not in page
    assert Order.objects.count() == 0
    assert journal.recent()[0].event == "private-key-received"
    assert not body or body not in everything_stored()


@pytest.mark.parametrize(
    "beside", [{"seen": "of another time"}, {"key_origin": "elsewhere"}], ids=["stale", "unknown"]
)
def test_a_private_key_beside_another_fault(
    sophie: Person, authorities: object, beside: dict[str, str]
) -> None:
    """REFUSED. Whatever else is wrong with the page, the key is burnt and not sent back."""
    key = pki.fresh_key("p-256").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    answer = sophie.post(sophie.to_step_4() + "4/", {"csr_text": key.decode(), **beside})
    assert answer.status_code == 422
    assert "considérez-la comme compromise" in text_of(answer)
    assert key.decode().splitlines()[1] not in text_of(answer)
    assert journal.recent()[0].event == "private-key-received"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Aucun"),
        ({"csr_text": "   \n"}, ""),
        ({"csr_text": "bonjour"}, ""),
        ({"csr_text": csr_pem()[:200]}, ""),
        ({"csr_text": csr_pem() + csr_pem()}, ""),
        ({"csr_text": "\x00\x00"}, ""),
    ],
)
def test_what_is_no_request_gets_a_clear_page(
    sophie: Person, authorities: object, sent: dict[str, str], words: str
) -> None:
    """REFUSED, with words, on the page of the step; what was pasted is still there."""
    base = sophie.to_step_4()
    answer = sophie.post(base + "4/", sent)
    assert answer.status_code == 422
    assert "À corriger avant de poursuivre" in text_of(answer)
    assert Order.objects.count() == 0


@pytest.mark.parametrize("size", [70_000, 1_500_000, 10_000_000])
def test_a_large_file_is_refused_as_too_large(
    sophie: Person, authorities: object, size: int
) -> None:
    """413, as for the API, whether a view, the form's reader or the middleware stops it."""
    base = sophie.to_step_4()
    file = SimpleUploadedFile("gros.csr", b"A" * size)
    for sent in ({"csr_file": file}, {"csr_text": "A" * size}):
        answer = sophie.post(base + "4/", sent)
        assert answer.status_code == 413
        assert "dépasse la " in text_of(answer)
    assert Order.objects.count() == 0


def test_a_csr_beyond_its_limit_is_told_its_limit(sophie: Person, authorities: object) -> None:
    """On the page of the step, where another file can be chosen."""
    file = SimpleUploadedFile("gros.csr", b"A" * 70_000)
    answer = sophie.post(sophie.to_step_4() + "4/", {"csr_file": file})
    assert "dépasse la limite de 64 ko" in text_of(answer)
    assert Order.objects.count() == 0


def test_all_objections_are_shown_at_once(sophie: Person, authorities: object) -> None:
    """A short key that was seen before, in a request for an authority: everything is said."""
    from cryptography import x509  # noqa: PLC0415

    key = pki.fresh_key("rsa-1024")
    ca = x509.BasicConstraints(ca=True, path_length=None)
    der = pki.csr(key, extensions=[(ca, True)])
    base = sophie.to_step_4()
    answer = sophie.post(base + "4/", {"csr_file": SimpleUploadedFile("x.csr", der)})
    codes = {error.code.value for error in answer.context["form"].non_field_errors().as_data()}
    assert {"key-too-short", "csr-extension-forbidden"} <= codes


def test_a_key_seen_before_is_refused(sophie: Person, authorities: object) -> None:
    """One key, one certificate."""
    key = pki.fresh_key("p-256")
    sophie.orders(csr=csr_pem(key))
    base = sophie.to_step_4()
    answer = sophie.post(base + "4/", {"csr_text": csr_pem(key)})
    assert answer.status_code == 422
    assert Order.objects.count() == 1


def test_a_wrong_name_of_server_is_said_on_its_field(sophie: Person) -> None:
    """Step 3: malformed names, and names outside the right, each beside its field."""
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "SERV", "structure_id": HOSPITAL})
    sophie.post(base + "2/")
    for fqdn in ("", "*.hopital.fr", "fr", "ailleurs.fr", "hopital.fr.mechant.fr"):
        asked = {**INFORMATION, "usage": "SSL_SERV", "service": "", "fqdn": fqdn}
        answer = sophie.post(base + "3/", asked)
        assert answer.status_code == 422, fqdn
        assert answer.context["form"].errors.get("fqdn"), fqdn
    asked = {**INFORMATION, "usage": "SMIME", "service": "", "mail": "a@ailleurs.fr"}
    assert sophie.post(base + "3/", asked).context["form"].errors.get("mail")
    kept = sophie.get(base + "3/").context["form"]
    assert kept["mail"].value() == "a@ailleurs.fr"
