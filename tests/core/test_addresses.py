"""Server names, mail domains and mail addresses."""

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.addresses import proof_of
from guichet.domain.identifiers import EmailAddress, Fqdn, MailDomain
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import visible
from kit.refusals import assert_refused

LABEL = st.from_regex(r"\A[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?\Z").filter(lambda t: t[2:4] != "--")
LONGEST = ".".join([*["a" * 61] * 4, "exemp"])  # 253 letters, dots counted (RFC 1035)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("www.Exemple.FR", "www.exemple.fr"),
        (" dossier.hopital3dames.fr ", "dossier.hopital3dames.fr"),
        ("hôpital.fr", "xn--hpital-ixa.fr"),
        ("xn--hpital-ixa.fr", "xn--hpital-ixa.fr"),
        ("serveur.guichet.test", "serveur.guichet.test"),
        ("a.github.io", "a.github.io"),
        ("github.io", "github.io"),
        (LONGEST, LONGEST),
    ],
)
def test_names_are_kept_as_a_labels(text: str, value: str) -> None:
    """ACCEPTED. As DNS and certificates carry them (RFC 5891, RFC 5280 7.2)."""
    assert str(Fqdn.parse(text)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fr",
        "localhost",
        "*.exemple.fr",
        "a_b.fr",
        "-a.fr",
        "a-.fr",
        "a..fr",
        "exemple.fr.",
        "192.168.1.1",
        "exemple.1",
        "a b.fr",
        "a\x00.fr",
        "a\r\nb.fr",
        "\u202efr.elpmexe",
        "ex@mple.fr",
        "xn--a.fr",
        f"{'a' * 64}.fr",
        f"{LONGEST}l",
        "http://exemple.fr",
    ],
)
def test_what_is_no_server_name_is_refused(text: str) -> None:
    """REFUSED. Wildcards, addresses, single labels, hidden characters, wrong lengths."""
    with assert_refused(Code.DOMAIN_NAME_INVALID, text=visible(text)):
        Fqdn.parse(text)


@pytest.mark.parametrize(
    ("name", "proved", "by"),
    [
        ("exemple.fr", {"exemple.fr"}, "exemple.fr"),
        ("portail.exemple.fr", {"exemple.fr"}, "exemple.fr"),
        ("a.b.exemple.fr", {"exemple.fr", "b.exemple.fr"}, "b.exemple.fr"),
        ("exemple.fr", {"portail.exemple.fr"}, None),
        ("autreexemple.fr", {"exemple.fr"}, None),
        ("exemple.gouv.fr", {"gouv.fr", "fr"}, None),
        ("client.github.io", {"github.io"}, None),
        ("github.io", {"github.io"}, "github.io"),
        ("www.client.github.io", {"client.github.io"}, "client.github.io"),
        ("exemple.fr", set(), None),
    ],
)
def test_a_proof_covers_what_is_below_it(name: str, proved: set[str], by: str | None) -> None:
    """But for public suffixes, those of hosting firms included: their clients are strangers."""
    assert proof_of(name, proved) == by


@pytest.mark.parametrize("text", ["gouv.fr", "co.uk", "com.br"])
def test_a_public_suffix_alone_is_refused(text: str) -> None:
    """REFUSED. Nobody holds a registry's own suffix."""
    with assert_refused(Code.DOMAIN_NAME_PUBLIC_SUFFIX):
        Fqdn.parse(text)
    with assert_refused(Code.DOMAIN_NAME_PUBLIC_SUFFIX):
        MailDomain.parse(f"@{text}")


def test_a_name_is_within_its_domain() -> None:
    """Whole labels: a name that merely ends alike is outside."""
    domain = Fqdn.parse("exemple.fr")
    assert Fqdn.parse("exemple.fr").is_within(domain)
    assert Fqdn.parse("a.b.exemple.fr").is_within(domain)
    assert not Fqdn.parse("mauvais-exemple.fr").is_within(domain)
    assert not domain.is_within(Fqdn.parse("a.exemple.fr"))


@given(st.lists(LABEL, min_size=1, max_size=4))
def test_any_ordinary_name_is_accepted(labels: list[str]) -> None:
    """ACCEPTED. Letters, digits and inner hyphens below a registrable domain."""
    name = ".".join([*labels, "exemple", "fr"])
    assert Fqdn.parse(name.upper()).value == name


@given(st.text())
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Never another error; what is accepted is canonical ASCII that DNS libraries take."""
    for kind in (Fqdn, MailDomain, EmailAddress):
        try:
            found = kind.parse(text)
        except Refusal:
            continue
        assert found.value.isascii()
        assert kind.parse(found.value) == found
        assert idna.decode(found.value.rpartition("@")[2])


def test_mail_domains_with_or_without_sign() -> None:
    """ACCEPTED. As the form's example writes it, '@domaine.fr'."""
    assert MailDomain.parse("@Domaine.fr") == MailDomain.parse("domaine.fr")
    assert str(MailDomain.parse(" @domaine.fr")) == "domaine.fr"


def test_addresses_keep_the_local_part_as_typed() -> None:
    """ACCEPTED. Only the domain is folded (RFC 5321 2.4)."""
    found = EmailAddress.parse(" Jean.O'Neil+x@Hôpital.FR ")
    assert found.value == "Jean.O'Neil+x@xn--hpital-ixa.fr"
    assert found.domain == MailDomain.parse("hôpital.fr")
    assert str(found) == found.value
    longest = f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.cccccc"
    assert EmailAddress.parse(longest).value == longest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@exemple.fr",
        "a@",
        "a@localhost",
        "a@@exemple.fr",
        "a b@exemple.fr",
        ".a@exemple.fr",
        "a..b@exemple.fr",
        '"a b"@exemple.fr',
        "é@exemple.fr",
        "a@exemple.fr\nBcc: b@exemple.fr",
        "a\r\nBcc: b@exemple.fr",
        "Jean <a@exemple.fr>",
        f"{'a' * 65}@exemple.fr",
        f"{'a' * 64}@{'.'.join(['b' * 60] * 3)}.ccccccc",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """REFUSED. Headers cannot be injected, display names and quotes are not kept."""
    with assert_refused(Code.EMAIL_INVALID):
        EmailAddress.parse(text)
