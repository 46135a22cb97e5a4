"""What readers say of what is nearly right: hellos, orders, archives, labels of EST, forms."""

import io
import ssl
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from guichet.domain import freshness
from guichet.domain.acme.cert_ids import CertId
from guichet.domain.catalogue import profiles
from guichet.domain.certificates import extensions
from guichet.domain.certificates.recognition import recognise
from guichet.domain.client_hello import read as read_hello
from guichet.domain.dossier import parsing
from guichet.domain.dossier.declaration import Quality, Representative
from guichet.domain.dossier.typed import RPPS_RANKS, Typed
from guichet.domain.est import labels, naming
from guichet.domain.freshness import HEARTBEAT, SIGNED_WITHIN, Rule
from guichet.domain.identifiers import CardNumber, EmailAddress
from guichet.domain.orders import request
from guichet.domain.orders.request_archives import open_archive
from guichet.domain.phones import Phone
from guichet.domain.refusals import Code, Refusal
from guichet.domain.webhooks import HookUrl
from guichet.x509.decode import describe
from guichet.x509.errors import Unreadable
from guichet.x509.identity import Identity
from kit.pki import Pki
from kit.refusals import assert_refused

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def vector(size: int, content: bytes) -> bytes:
    return len(content).to_bytes(size, "big") + content


def number(value: int) -> bytes:
    return value.to_bytes(2, "big")


def hello(*extensions: tuple[int, bytes], suites: bytes = b"\x13\x01", after: bytes = b"") -> bytes:
    """A ClientHello of TLS 1.2 with these extensions, in one record."""
    told = b"".join(number(kind) + vector(2, content) for kind, content in extensions)
    body = b"\x03\x03" + bytes(32) + vector(1, b"") + vector(2, suites) + vector(1, b"\0")
    body += (vector(2, told) if extensions else b"") + after
    message = b"\x01" + vector(3, body)
    return b"\x16\x03\x01" + vector(2, message)


NAME = vector(2, b"\x00" + vector(2, b"banc.fr"))


@pytest.mark.parametrize(
    ("records", "words"),
    [
        (hello(suites=b"\x13"), "half of one"),
        (hello((0, NAME), after=b"x"), "more than the message says"),
        (hello((10, vector(2, b"\x00\x1d") + b"x")), "more than the message says"),
        (hello((0, NAME), (0, NAME)), "comes twice"),
        (hello((0, vector(2, b"\x00" + vector(2, b"\xff")))), "not ASCII"),
        (hello((0, vector(2, b"\x00" + vector(2, b"a\x07")))), "cannot be printed"),
        (b"\x17" + hello()[1:], "not a handshake"),
        (b"\x16\x03\x01\x00\x00" + hello(), "an empty record"),
        (b"\x16\x03\x01" + vector(2, b"\x02" + vector(3, b"")), "not a ClientHello"),
    ],
)
def test_a_hello_that_does_not_add_up(records: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_hello(records)


def test_a_hello_may_leave_things_out() -> None:
    bare = read_hello(hello())
    assert (bare.server_name, bare.protocols, bare.groups) == ("", (), ())
    assert bare.versions == ("TLSv1.2",)
    other_kind = read_hello(hello((0, vector(2, b"\x01" + vector(2, b"x"))), (16, vector(2, b""))))
    assert (other_kind.server_name, other_kind.protocols) == ("", ())
    grease = vector(2, vector(1, b"\x1a\x1a") + vector(1, b"h2"))
    assert read_hello(hello((16, grease))).protocols == ("h2",)
    assert ssl.HAS_TLSv1_3


def test_est_labels_and_names() -> None:
    assert labels.only_of(frozenset({"ORG/AUTH_CLI"})).profile.code == "ORG/AUTH_CLI"
    for codes in (frozenset(), frozenset({"ORG/AUTH_CLI", "ORG/SIGN"})):
        with assert_refused(Code.EST_LABEL_MISSING):
            labels.only_of(codes)
    told = Identity((), frozenset({"a.fr"}), frozenset())
    naming.require_same(told, told)
    with assert_refused(Code.EST_SUBJECT_DIFFERS, field="subjectAltName"):
        naming.require_same(told, replace(told, servers=frozenset({"b.fr"})))


ORDER = {
    "offer": "ORG",
    "usage": "AUTH_CLI",
    "structure_id": "10T0000001",
    "service": "Dossiers",
    "actor_email": "a@hopital.fr",
}


@pytest.mark.parametrize(
    ("changes", "code", "facts"),
    [
        ({"offer": ""}, Code.FIELD_MISSING, {"field": "offer"}),
        ({"usage": ""}, Code.FIELD_MISSING, {"field": "usage"}),
        ({"usage": "X"}, Code.PROFILE_UNKNOWN, {"field": "usage", "profile": "ORG/X"}),
        ({"fqdn": "a.fr"}, Code.FIELD_UNEXPECTED, {"field": "fqdn"}),
        ({"service": " "}, Code.FIELD_MISSING, {"field": "service"}),
        ({"actor_email": "x"}, Code.EMAIL_INVALID, {"field": "actor_email"}),
    ],
)
def test_an_order_says_which_field_is_wrong(
    changes: dict[str, str], code: Code, facts: dict[str, str]
) -> None:
    with pytest.raises(Refusal) as refused:
        request.parse(**ORDER | changes)
    objections = [(one.code, one.mapping) for one in refused.value.all]
    assert any(found is code and facts.items() <= told.items() for found, told in objections)


def test_an_order_is_read_whole() -> None:
    asked = request.parse(**ORDER, informed_email=" ")
    assert (asked.service, asked.profile.code, asked.informed_email) == (
        "Dossiers",
        "ORG/AUTH_CLI",
        None,
    )
    person = next(found for found in profiles.orderable() if found.subject_kind == "person")
    assert "title" in request.optional_fields(person)
    assert request.is_misnamed_insi("Insi")
    assert not request.is_misnamed_insi("INSI-AUTO")


def test_an_archive_of_many_small_files_is_opened_and_a_folder_passed_over() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as target:
        target.writestr("dossier/", b"")
        target.writestr("dossier/a.csr", b"x")
    assert [found.name for found in open_archive(written.getvalue())] == ["a.csr"]


def test_a_webhook_is_written_as_it_was_typed() -> None:
    assert str(HookUrl.parse("https://exemple.fr/x", ())) == "https://exemple.fr/x"


def test_what_is_late_is_told_since_when() -> None:
    seen = {"signer": AT - HEARTBEAT, "clerk": AT - HEARTBEAT - TICK, "publisher": None}
    told = freshness.of_heartbeats(seen, AT)
    assert [(one.rule, one.subject) for one in told] == [
        (Rule.SILENT, "clerk"),
        (Rule.SILENT, "publisher"),
    ]
    assert freshness.of_queue(0, AT - SIGNED_WITHIN, AT) == ()
    assert [one.rule for one in freshness.of_queue(2, AT - SIGNED_WITHIN - TICK, AT)] == [
        Rule.SET_ASIDE,
        Rule.WAITING,
    ]
    assert freshness.of_queue(0, None, AT) == freshness.of_log(None) == ()
    assert freshness.of_log(7)[0].facts == {"entry": 7}
    assert freshness.of_mail_texts([("orders/x.fr", "y")])[0].facts == {"fault": "y"}
    assert freshness.of_emergencies({"e": AT})[0].subject == "e"


def test_a_form_keeps_to_its_rows() -> None:
    form = Typed().with_row(RPPS_RANKS, "r00001")
    assert form.with_row(RPPS_RANKS, "r00001") is form
    assert form.with_row("nothing", "r00002") is form


def test_a_broken_deflate_stream_is_no_archive() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("a.csr", bytes(range(200)))
    data = bytearray(written.getvalue())
    data[35:40] = b"\xff" * 5
    with assert_refused(Code.ARCHIVE_UNREADABLE):
        open_archive(bytes(data))


def test_an_order_for_a_person_names_them() -> None:
    asked = request.parse(
        offer="PRO",
        usage="AUTH",
        structure_id="10T0000001",
        national_id="899700366240",
        surname="MARTIN",
        given_names="Anne",
        actor_email="a@hopital.fr",
    )
    assert asked.person is not None
    assert (asked.person.surname, asked.person.title) == ("MARTIN", None)


def test_a_profile_without_purpose_has_no_extended_key_usage() -> None:
    bare = replace(profiles.profile("ORG/SIGN"), extended_key_usage=())
    assert list(extensions.extended_key_usage(bare)) == []


def test_a_certificate_must_name_the_key_of_its_issuer() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.AuthorityKeyIdentifier(None, [x509.DNSName("a.fr")], 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(AT)
        .not_valid_after(AT + timedelta(days=1))
        .add_extension(named, critical=False)
        .sign(key, hashes.SHA256())
    )
    with pytest.raises(ValueError, match="issuer's key"):
        CertId.of(made.public_bytes(Encoding.DER))


@pytest.mark.parametrize(
    ("oid", "code"),
    [
        ("1.2.840.113549.1.9.7", Code.EST_CHALLENGE_PASSWORD),
        ("1.3.6.1.5.5.7.7.36", Code.EST_SUBJECT_DIFFERS),
    ],
)
def test_an_est_request_asks_for_nothing_that_cannot_be_done(oid: str, code: Code) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    asked = builder.add_attribute(x509.ObjectIdentifier(oid), b"secret")
    with assert_refused(code):
        naming.read(asked.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))


def test_a_subject_that_differs_is_refused() -> None:
    told = Identity((), frozenset(), frozenset())
    other = replace(told, subject=((("2.5.4.3", "A"),),))
    with assert_refused(Code.EST_SUBJECT_DIFFERS, field="subject"):
        naming.require_same(other, told)


def test_ranks_and_postcodes_are_judged() -> None:
    assert parsing.rpps_rank("10003879623 017") == "10003879623017"
    for text in ("1", "10003879624017", "x"):
        with assert_refused(Code.RPPS_RANK_INVALID, text=text):
            parsing.rpps_rank(text)
    form = Typed().with_texts(
        {"structure.is_radiology": "yes", "structure.postcode": "7501", "types.pro": "on"}
    )
    told = {(one.code, one.mapping["field"]) for one in parsing.objections(form)}
    assert {
        (Code.RPPS_RANK_MISSING, "structure.is_radiology"),
        (Code.POSTCODE_INVALID, "structure.postcode"),
        (Code.FIELD_MISSING, "types.pro_mail_domain"),
    } <= told


def test_a_certificate_is_recognised_by_what_it_says(pki: Pki) -> None:
    for code in ("ORG/AUTH_CLI", "SERV/SSL_SERV", "SERV/SMIME", "PS/AUTH"):
        leaf = pki.leaf(code)
        found = recognise(describe(leaf.der), leaf.authority.code)
        assert found is not None
        assert found.code == code
        assert recognise(describe(leaf.der), "ACR-EL") is None


def test_a_representative_is_called_as_people_are() -> None:
    who = Representative(
        quality=Quality.LEGAL_REPRESENTATIVE,
        surname="DUPONT",
        given_names="Jean",
        phone=Phone.parse("0102030405"),
        email=EmailAddress.parse("a@hopital.fr"),
        card_number=CardNumber.parse("0102030405"),
    )
    assert who.name == "Jean DUPONT"
