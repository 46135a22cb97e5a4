"""Subjects: register values and the form, in the template's own shapes."""

from dataclasses import replace

import pytest

from guichet.domain.catalogue import authorities, profiles
from guichet.domain.certificates import naming
from guichet.domain.identifiers import CardNumber, EmailAddress, Fqdn
from guichet.domain.refusals import Code
from guichet.x509 import names
from kit.pki import HOSPITAL, SOPHIE, subject_for
from kit.refusals import assert_refused


def test_the_deck_s_own_subject() -> None:
    """ACCEPTED. Letter for letter what the deck's e-mail shows."""
    found = naming.named(naming.ServiceSubject(structure=HOSPITAL, service="Monserviceclient"))
    assert names.display(found.subject) == (
        "CN=Monserviceclient, OU=10B0135356, O=HOPITAL DES 3 DAMES, ST=Paris (75), C=FR"
    )
    assert found.sans == ()


def test_a_server_is_named_twice() -> None:
    """The CN is the first dNSName (the template), and the only one here."""
    fqdn = Fqdn.parse("dossier.hopital3dames.fr")
    found = naming.named(naming.ServerSubject(structure=HOSPITAL, fqdn=fqdn))
    assert names.values(found.subject, names.COMMON_NAME) == (fqdn.value,)
    assert found.sans == ((naming.DNS, fqdn.value),)


def test_a_mailbox_is_named_twice() -> None:
    """The CN and the rfc822Name are the address."""
    mail = EmailAddress.parse("accueil@hopital3dames.fr")
    found = naming.named(naming.MailboxSubject(structure=HOSPITAL, mail=mail))
    assert names.values(found.subject, names.COMMON_NAME) == (mail.value,)
    assert found.sans == ((naming.EMAIL, mail.value),)


def test_a_person_is_one_relative_name_of_three() -> None:
    """C, title, then {CN national id, SN, GN}."""
    found = naming.named(SOPHIE)
    assert found.subject == (
        ((names.COUNTRY, "FR"),),
        ((names.TITLE, "Médecin"),),
        (
            (names.COMMON_NAME, "899700366240"),
            (names.SURNAME, "DIRECTRICE"),
            (names.GIVEN_NAME, "SOPHIE"),
        ),
    )
    assert found.sans == ((naming.EMAIL, "sophie@hopital3dames.fr"),)
    bare = naming.named(replace(SOPHIE, title=None, mail=None))
    assert len(bare.subject) == 2
    assert bare.sans == ()


def test_a_card_has_its_number_and_type() -> None:
    """What login reads is beside the name; the profession only where there is one."""
    number = CardNumber.parse("2800000001")
    card = naming.CardSubject(person=SOPHIE, card_number=number)
    found = naming.named(card)
    assert found.subject == naming.named(SOPHIE).subject
    assert found.sans == ((naming.CARD_NUMBER, "2800000001"), (naming.CARD_TYPE, "CPE"))
    with_profession = naming.named(replace(card, profession="10"))
    assert with_profession.sans[-1] == (naming.PROFESSION, "10")


def test_a_responder_is_named_under_its_authority() -> None:
    """Everything of the authority's name but the CN."""
    authority = authorities.spec("ACI-EL-ORG-TEST").name
    found = naming.named(naming.ResponderSubject(authority=authority, label="TEST OCSP"))
    assert names.display(found.subject) == (
        "CN=TEST OCSP, OU=IGC-SANTE TEST, OU=0002 187512751, O=ASIP-SANTE, C=FR"
    )


def test_long_legal_names_are_cut_at_forty() -> None:
    """ACCEPTED, cut: registers hold longer names than the template."""
    legal_name = "GROUPEMENT HOSPITALIER DES TROIS DAMES DU PORT"
    structure = replace(HOSPITAL, legal_name=legal_name)
    found = naming.named(naming.ServiceSubject(structure=structure, service="a"))
    assert names.values(found.subject, names.ORGANIZATION) == (legal_name[:40].rstrip(),)
    assert len(names.values(found.subject, names.ORGANIZATION)[0]) <= 40


def test_what_must_be_whole_is_not_cut() -> None:
    """REFUSED. Half a server name or half an address names something else."""
    fqdn = Fqdn.parse(f"{'a' * 60}.exemple.fr")
    with assert_refused(Code.NAME_TOO_LONG, field="fqdn", limit=64):
        naming.named(naming.ServerSubject(structure=HOSPITAL, fqdn=fqdn))
    mail = EmailAddress.parse(f"{'a' * 60}@exemple.fr")
    with assert_refused(Code.NAME_TOO_LONG, field="mail", limit=64):
        naming.named(naming.MailboxSubject(structure=HOSPITAL, mail=mail))


@pytest.mark.parametrize(
    ("service", "code"),
    [("", Code.FIELD_MISSING), ("a" * 65, Code.NAME_TOO_LONG), ("a\0b", Code.NAME_INVALID)],
)
def test_service_names_are_checked(service: str, code: Code) -> None:
    """REFUSED. Nothing hidden, nothing past the bound of a common name."""
    with assert_refused(code):
        naming.named(naming.ServiceSubject(structure=HOSPITAL, service=service))


def test_every_profile_has_its_subject() -> None:
    """No profile names a kind of subject that nobody can make."""
    for profile in profiles.every():
        assert naming.named(subject_for(profile)).subject
