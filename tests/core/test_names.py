"""Distinguished names: encoded as the profiles want, shown as people write them."""

import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import NameOID
from cryptography.x509.name import _ASN1Type
from hypothesis import given
from hypothesis import strategies as st

from guichet.x509 import names
from kit.pki import Pki

VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
NAMES = st.lists(
    st.tuples(
        st.sampled_from([names.ORGANIZATION, names.ORGANIZATIONAL_UNIT, names.TITLE]), VALUES
    ),
    min_size=1,
    max_size=5,
).map(lambda pairs: tuple((pair,) for pair in pairs))

DECK = (
    ((names.COUNTRY, "FR"),),
    ((names.STATE, "Paris (75)"),),
    ((names.ORGANIZATION, "HOPITAL DES 3 DAMES"),),
    ((names.ORGANIZATIONAL_UNIT, "10B0135356"),),
    ((names.COMMON_NAME, "Monserviceclient"),),
)


def test_the_deck_s_own_name() -> None:
    """As its e-mails print it."""
    assert names.display(DECK) == (
        "CN=Monserviceclient, OU=10B0135356, O=HOPITAL DES 3 DAMES, ST=Paris (75), C=FR"
    )
    assert names.display(names.build(DECK)) == names.display(DECK)


def test_country_is_printable_the_rest_utf8() -> None:
    """RFC 5280 4.1.2.4 and A.1."""
    encoded = names.build(DECK).public_bytes()
    assert encoded == names.to_der(DECK)
    assert b"\x13\x02FR" in encoded
    assert b"\x0c\x10Monserviceclient" in encoded


def test_a_country_is_two_letters() -> None:
    """REFUSED. The library checks neither alphabet nor, here, what we would sign."""
    for country in ("É!", "F1", "FRA"):
        with pytest.raises(ValueError, match=r"^a country is two letters$"):
            names.build((((names.COUNTRY, country),),))


@pytest.mark.parametrize("letter", ["a", "é", "語"])
def test_a_common_name_is_counted_in_characters(letter: str) -> None:
    """RFC 5280 A.1 bounds characters, of however many octets."""
    for length in (1, 64):
        name: names.Name = (((names.COMMON_NAME, length * letter),),)
        assert names.name_of(names.build(name)) == name
    for length in (0, 65):
        with pytest.raises(ValueError, match=r"^the length of a common name is"):
            names.build((((names.COMMON_NAME, length * letter),),))


@given(NAMES)
def test_names_survive_encoding_and_json(name: names.Name) -> None:
    """What is built reads back; what is stored comes back."""
    assert names.name_of(names.build(name)) == name
    assert names.from_json(names.to_json(name)) == name


@given(NAMES)
def test_display_is_rfc_4514(name: names.Name) -> None:
    """The library parses what we show, and finds the same values."""
    shown = names.display(name).replace(", ", ",")
    if all(", " not in value for rdn in name for _, value in rdn):
        spelled = {"title": NameOID.TITLE}
        parsed = x509.Name.from_rfc4514_string(shown, spelled)
        assert names.name_of(parsed) == name


def test_what_hides_is_shown() -> None:
    """A name cannot forge another on screen: NUL, line ends, marks, halves of pairs are spelled."""
    hostile = (((names.COMMON_NAME, "a\0b\r\nc\u202ed\ud800"),), ((names.ORGANIZATION, ' a,"b '),))
    assert names.display(hostile) == r"O=\ a\,\"b\ , CN=a\00b\0D\0Ac\E2\80\AEd\ED\A0\80"


def test_multi_valued_names_and_unknown_attributes() -> None:
    """A person's three values in one relative name; attributes without a short name by OID."""
    person = (
        ((names.COUNTRY, "FR"),),
        (
            (names.COMMON_NAME, "899700366240"),
            (names.SURNAME, "DIRECTRICE"),
            (names.GIVEN_NAME, "SOPHIE"),
        ),
        (("1.2.3.4", "x"),),
    )
    assert names.display(person) == "1.2.3.4=x, CN=899700366240+SN=DIRECTRICE+GN=SOPHIE, C=FR"
    assert names.values(person, names.SURNAME) == ("DIRECTRICE",)


def test_binary_values_are_hexadecimal() -> None:
    """x500UniqueIdentifier is a bit string: shown, never a crash."""
    attribute = x509.NameAttribute(
        NameOID.X500_UNIQUE_IDENTIFIER, b"\x01\xff", _type=_ASN1Type.BitString
    )
    found = names.name_of(x509.Name([attribute]))
    assert found == ((("2.5.4.45", "#01ff"),),)


def test_openssl_shows_the_same(pki: Pki, tmp_path: Path) -> None:
    """A second opinion on the order and the values."""
    leaf = pki.leaf()
    path = tmp_path / "leaf.der"
    path.write_bytes(leaf.der)
    command = ["openssl", "x509", "-inform", "DER", "-in", path, "-noout", "-subject"]
    printed = subprocess.run(
        [*command, "-nameopt", "RFC2253"], check=True, capture_output=True, text=True
    ).stdout.strip()
    shown = names.display(leaf.plan.subject)
    assert printed.removeprefix("subject=") == shown.replace(", ", ",")
