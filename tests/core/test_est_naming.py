"""What an EST request tells of whom its certificate is for, and what it must not ask."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.domain.est import labels, naming
from guichet.domain.refusals import Code
from guichet.x509 import identity, names
from guichet.x509.errors import Unreadable
from guichet.x509.identity import Identity
from kit import pki
from kit.refusals import assert_refused

COMMON, EMAIL, UNIT = names.COMMON_NAME, names.EMAIL_ADDRESS, names.ORGANIZATIONAL_UNIT


def told(*pairs: tuple[str, str], servers: str = "", mails: str = "") -> Identity:
    subject = tuple((pair,) for pair in pairs)
    return Identity(subject, frozenset(servers.split()), frozenset(mails.split()))


@pytest.mark.parametrize(
    ("label", "asked", "expected"),
    [
        ("serv-smime", told((COMMON, "Accueil"), (EMAIL, "Accueil@a.fr")), "accueil@a.fr"),
        ("serv-smime", told((COMMON, "accueil@a.fr"), mails="accueil@a.fr"), "accueil@a.fr"),
        ("serv-smime", told((COMMON, "accueil@a.fr")), "accueil@a.fr"),
        ("serv-ssl-serv", told((COMMON, "WWW.a.fr"), servers="www.a.fr"), "WWW.a.fr"),
        ("serv-ssl-serv", told((COMMON, "Portail"), servers="a.fr"), "a.fr"),
        ("serv-ssl-serv~b.fr", told((COMMON, "a.fr")), "b.fr"),
        ("serv-ssl-serv", told((COMMON, " "), (UNIT, "b.fr"), servers="a.fr"), "a.fr"),
        ("org-sign", told((COMMON, "Sceau"), (COMMON, "Sceau"), servers="a.fr"), "Sceau"),
        ("org-sign", told(), "Le seul"),
    ],
)
def test_one_name(label: str, asked: Identity, expected: str) -> None:
    """The field of the profile, as the request writes it."""
    services = ("Le seul",) if not asked.subject else ("Un", "Deux")
    (value,) = naming.fields(labels.parse(label), asked, services).values()
    assert value == expected


def test_no_name_or_several() -> None:
    """Refused, rather than guessed."""
    mail = labels.parse("serv-smime")
    with assert_refused(Code.EST_NAME_MISSING):
        naming.fields(mail, told((UNIT, "x")), ("Un",))
    with assert_refused(Code.EST_NAME_MISSING):
        naming.fields(labels.parse("org-sign"), told(), ("Un", "Deux"))
    with assert_refused(Code.EST_NAMES_SEVERAL):
        naming.fields(mail, told((COMMON, "b@a.fr"), mails="a@a.fr"), ())


def test_requests_that_cannot_be_read() -> None:
    """Whatever part of them is not as it should be."""
    for sent in (b"", b"\x30\x00", b"\x30\x02\x30\x00", pki.csr()[:-1]):
        with assert_refused(Code.CSR_UNREADABLE):
            naming.read(sent)
    with pytest.raises(Unreadable):
        identity.of_certificate(b"\x30\x00")


def test_a_subject_is_compared_as_people_read_it() -> None:
    """Case, spaces and the kind of string do not count; alternative names all do (RFC 5280 7.1)."""
    one = told((UNIT, "Le  Service"), (COMMON, "A"))
    assert one.has_subject_of(told((UNIT, "le service"), (COMMON, "a")))
    assert not one.has_subject_of(told((COMMON, "A"), (UNIT, "Le Service")))
    address = x509.UniformResourceIdentifier("https://a.fr")
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    asked = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    request = asked.sign(pki.kept_key("est"), hashes.SHA256()).public_bytes(Encoding.DER)  # type: ignore[arg-type]
    found = naming.read(request)
    assert found.others
    with assert_refused(Code.EST_SUBJECT_DIFFERS, field="subjectAltName"):
        naming.require_same(found, told())
