"""An expired session in the middle of a form loses nothing that was typed, and no secret stays."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict

from guichet.web.resume import MAX_BYTES, MAX_PATHS, SESSION_KEY
from guichet.x509 import bundles
from kit import pki

STEP = "/etape/3/"
CSR_DER = pki.csr(pki.kept_key("resumed", "p-256"))
CSR = bundles.pem(CSR_DER, "CERTIFICATE REQUEST")
KEY = (
    pki.kept_key("resumed", "p-256")
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
BODY = "".join(KEY.splitlines()[1:-1])


def resumed(visitor) -> QueryDict:
    """Logs in, and reads what the form's page gives back."""
    visitor.get("/entrer/")
    return QueryDict(visitor.get(STEP).content)


def test_a_form_sent_without_a_session_goes_to_login_and_comes_back(visitor) -> None:
    answer = visitor.post(f"{STEP}?x=1", {"service": "Monserviceclient", "mail": "a@b.fr"})
    assert answer.status_code == 302
    assert answer["Location"] == "/connexion/?next=%2Fetape%2F3%2F%3Fx%3D1"
    assert resumed(visitor).dict() == {"service": "Monserviceclient", "mail": "a@b.fr"}


def test_it_is_given_back_once(visitor) -> None:
    visitor.post(STEP, {"service": "a"})
    assert resumed(visitor)
    assert visitor.get(STEP).content == b"nothing"


def test_several_values_of_a_field_stay(visitor) -> None:
    visitor.post(STEP, {"usage": ["SIGN", "CONF"]})
    assert resumed(visitor).getlist("usage") == ["SIGN", "CONF"]


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "password_again",
        "revocation_code",
        "revocation_code_again",
        "code",
        "code_again",
        "csrfmiddlewaretoken",
        "mot_de_passe",
        "client_secret",
        "passphrase",
    ],
)
def test_secrets_are_never_kept(visitor, name: str) -> None:
    visitor.post(STEP, {name: "hunter22", "service": "a"})
    assert "hunter22" not in str(dict(visitor.session))
    assert resumed(visitor).dict() == {"service": "a"}


@pytest.mark.parametrize(
    "spelt",
    [
        lambda key: key,
        lambda key: key.replace("PRIVATE", "ENCRYPTED PRIVATE"),
        lambda key: key.replace("PRIVATE KEY", "CERTIFICATE REQUEST"),
        lambda key: "\n".join(key.splitlines()[1:-1]),
        lambda key: " ".join(key.splitlines()[1:-1]),
        lambda key: key.replace("\n", "\n  "),
        lambda key: "\n  ".join(["", *key.splitlines()[1:-1]]),
        lambda key: "Voici : " + " ".join(BODY[at : at + 24] for at in range(0, len(BODY), 24)),
        lambda key: "A" * 64 + "\n" + "B" * 64,
        lambda key: CSR + key,
        lambda key: BODY + "\n" + CSR,
    ],
    ids=[
        "armoured",
        "encrypted armour",
        "labelled as a request",
        "without armour",
        "one line with spaces",
        "indented",
        "indented without armour",
        "short groups in a sentence",
        "encoded",
        "after a request",
        "before a request",
    ],
)
def test_a_private_key_is_never_kept_pasted_or_uploaded(
    visitor, spelt: Callable[[str], str]
) -> None:
    """Neither the key nor any piece of it is in the session afterwards."""
    value = spelt(KEY)
    visitor.post(STEP, {"csr": value, "service": "a"})
    assert dict(visitor.session)[SESSION_KEY][STEP] == [["service", ["a"]]]
    upload = SimpleUploadedFile("key.pem", value.encode())
    visitor.post(STEP, {"file": upload, "service": "a"})
    assert dict(visitor.session)[SESSION_KEY][STEP] == [["service", ["a"]]]


def test_a_csr_is_kept_pasted_or_uploaded(visitor) -> None:
    upload = SimpleUploadedFile("monservice.csr", CSR.encode())
    visitor.post(STEP, {"csr": CSR, "file": upload})
    back = resumed(visitor)
    assert back["csr"] == CSR
    assert back["file"] == CSR


def test_a_request_is_kept_alone_whatever_stands_around_it(visitor) -> None:
    """DER, Windows line ends and the text of openssl come back as the same request, PEM."""
    upload = SimpleUploadedFile("monservice.der", CSR_DER)
    around = "Certificate Request:\r\n    Data:\r\n" + CSR.replace("\n", "\r\n")
    visitor.post(STEP, {"csr": around, "file": upload})
    back = resumed(visitor)
    assert back["csr"] == CSR
    assert back["file"] == CSR


def test_a_long_message_is_kept(visitor) -> None:
    message = "Le serveur de biologie change ; voyez https://exemple.fr/Documents/F413 .\r\n" * 20
    visitor.post(STEP, {"message": message})
    assert resumed(visitor)["message"] == message


def test_a_binary_file_is_left_out(visitor) -> None:
    visitor.post(STEP, {"file": SimpleUploadedFile("x.der", b"\x30\x82\xff\xfe"), "service": "a"})
    assert resumed(visitor).dict() == {"service": "a"}


def test_no_more_than_64_kilobytes(visitor) -> None:
    visitor.post(STEP, {"small": "a", "large": "é " * MAX_BYTES})
    assert resumed(visitor).dict() == {"small": "a"}


def test_no_more_than_a_few_forms(visitor) -> None:
    session = visitor.session
    session[SESSION_KEY] = {f"/old/{n}/": [["a", ["b"]]] for n in range(MAX_PATHS)}
    session.save()
    visitor.cookies["__Host-guichet-session"] = session.session_key
    visitor.post(STEP, {"service": "a"})
    kept = visitor.session[SESSION_KEY]
    assert len(kept) == MAX_PATHS
    assert STEP in kept
    assert "/old/0/" not in kept


@pytest.mark.parametrize(
    "headers", [{"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://ailleurs.test"}]
)
def test_another_site_cannot_fill_our_forms(visitor, headers: dict[str, str]) -> None:
    visitor.post(STEP, {"service": "planted"}, **headers)
    assert SESSION_KEY not in visitor.session


def test_a_page_read_without_a_session_keeps_nothing(visitor) -> None:
    assert visitor.get(STEP)["Location"] == "/connexion/?next=%2Fetape%2F3%2F"
    assert SESSION_KEY not in visitor.session


def test_an_api_is_told_to_log_in(visitor) -> None:
    answer = visitor.post(f"/api{STEP}", {"service": "a"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "login-required"


def test_a_stale_form_keeps_what_was_typed(visitor) -> None:
    visitor.handler.enforce_csrf_checks = True
    answer = visitor.post(STEP, {"service": "Monserviceclient"})
    assert answer.status_code == 403
    assert "Votre saisie est gardée" in answer.content.decode()
    assert resumed(visitor)["service"] == "Monserviceclient"


def test_a_stale_call_of_an_api_is_a_problem(visitor) -> None:
    visitor.handler.enforce_csrf_checks = True
    assert visitor.post(f"/api{STEP}", {"service": "a"}).json()["status"] == 403
