"""Profiles are read, compared and tried; what is tried leaves no trace and is what would be."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.orders.counter import HOSPITAL, Person, Sign, csr_pem, everything_stored, text_of
from guichet.authority.models import Certificate, SigningRequest
from guichet.authority.signer import Signer
from guichet.domain.catalogue import profile_versions, profiles
from guichet.x509 import decode

Staff = Callable[[str], Person]
BASE = "/gestion/profils/"
TYPED = {"structure_id": HOSPITAL, "service": "Monserviceclient", "key": "p-256"}
STRANGER = {
    "structure_id": "10B0999999",
    "legal_name": "CLINIQUE DU LAC",
    "department_name": "Savoie",
    "department_number": "73",
}


def test_every_version_in_force_is_kept() -> None:
    """Run `python -m guichet.domain.catalogue.profile_versions` when a profile has changed."""
    assert list(profile_versions.unkept()) == []
    for name, versions in profile_versions.every().items():
        assert [version.number for version in versions] == list(range(1, len(versions) + 1)), name


def test_a_change_makes_another_version() -> None:
    """What is compared is each line, whether one side has it or both."""
    table = profiles.tables()["org_auth_cli"]
    kept = profile_versions.every()["org_auth_cli"][-1]
    assert profile_versions.written(table) == profile_versions.written(
        dict(reversed(table.items()))
    )
    later = kept.lines | {"validity_months": 24, "validity_days": 700}
    changed = profile_versions.changes(kept.lines, later)
    assert [(c.line, c.before, c.after) for c in changed] == [
        ("validity_days", None, 700),
        ("validity_months", 36, 24),
    ]


def test_profiles_are_read_and_compared(staff: Staff, sophie: Person) -> None:
    """Each is printed whole; two of them differ by the lines that differ."""
    support = staff("support")
    listed = text_of(support.get(BASE))
    for name, profile in {"org_auth_cli": "ORG/AUTH_CLI", "ocsp": "OCSP"}.items():
        assert profile in listed
        page = support.get(f"{BASE}{name}/")
        assert len(page.context["said"]) == len(profile_versions.every()[name][-1].lines)
    answer = support.get(f"{BASE}comparer/", a="org_auth_cli:1", b="org_sign:1")
    assert "Usages d’une clé RSA (keyUsage)" in [line for line, *_ in answer.context["changes"]]
    assert "Aucune différence" in text_of(support.get(f"{BASE}comparer/", a="ocsp:1", b="ocsp:1"))
    assert support.get(f"{BASE}comparer/", a="x:9", b="ocsp:1").status_code == 200
    assert support.get(f"{BASE}nothing/").status_code == 404
    assert support.get(f"{BASE}ocsp/simuler/").status_code == 404
    assert sophie.get(f"{BASE}org_auth_cli/simuler/").status_code == 403


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("org_auth_cli", "aucun"),
        ("serv_ssl_serv", "le nom du serveur"),
        ("serv_smime", "l’adresse électronique"),
        ("pro_auth", "l’adresse électronique, si elle est donnée"),
    ],
)
def test_a_sheet_says_in_words_which_names_a_certificate_holds(
    staff: Staff, name: str, names: str
) -> None:
    """Not by the keywords of the profile's file."""
    said = dict(staff("support").get(f"{BASE}{name}/").context["said"])
    assert said["Noms de remplacement (subjectAltName)"] == names


def test_a_sheet_names_what_is_of_production_alone(staff: Staff) -> None:
    said = dict(staff("support").get(f"{BASE}ps_auth/").context["said"])
    assert "Politiques de certification, en PRODUCTION" in said
    assert "Extension propre au secteur 1.2.250.1.71.1.2.5, en PRODUCTION" in said


def test_a_simulation_is_what_the_order_gives(
    staff: Staff, sophie: Person, sign: Sign, authorities: Signer
) -> None:
    """Field by field but serial, key and dates; nothing of it is stored."""
    officer = staff("ca-officer")
    page = officer.post(f"{BASE}org_auth_cli/simuler/", TYPED)
    assert page.status_code == 200
    assert "SPÉCIMEN" in text_of(page)
    shown = page.context["specimen"]
    assert shown.findings == ()
    stored = everything_stored()
    assert shown.description.serial_hex not in stored
    assert shown.description.key.spki_sha256 not in stored
    assert SigningRequest.objects.count() == 0
    sophie.orders()
    sign()
    issued = decode.describe(bytes(Certificate.objects.get(profile="ORG/AUTH_CLI").der))
    for part in (shown.description, issued):
        assert part.subject_text == issued.subject_text
        assert part.signature_algorithm == issued.signature_algorithm
        assert [_fixed(e) for e in part.extensions] == [_fixed(e) for e in issued.extensions]
    assert {field.source for field in page.context["fields"]} >= {"registre", "profil", "autorité"}


def _fixed(extension: decode.DescribedExtension) -> tuple[Any, ...]:
    """What does not depend on the key."""
    varies = extension.name == "subjectKeyIdentifier"
    return extension.oid, extension.critical, () if varies else extension.lines


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"structure_id": "12"}, "structure_id"),
        ({"structure_id": STRANGER["structure_id"]}, "structure_id"),
        ({"service": ""}, "service"),
        ({"key": "csr", "csr": "rien"}, "csr"),
        ({"key": "rsa-512"}, "key"),
    ],
)
def test_what_an_order_could_not_give_is_told_on_its_field(
    typed: dict[str, str], told: str, staff: Staff, sophie: Person, authorities: Signer
) -> None:
    """Nothing typed is lost."""
    page = staff("operator").post(f"{BASE}org_auth_cli/simuler/", TYPED | typed)
    assert page.status_code == 422
    assert told in page.context["form"].errors
    assert "Monserviceclient" in text_of(page) or "service" in typed


def test_a_typed_structure_and_a_brought_request_do(staff: Staff, authorities: Signer) -> None:
    """The key is that of the request; the name what was typed."""
    typed = TYPED | STRANGER | {"key": "csr", "csr": csr_pem(kind="p-384")}
    shown = staff("operator").post(f"{BASE}org_auth_cli/simuler/", typed).context["specimen"]
    assert "O=CLINIQUE DU LAC" in shown.description.subject_text
    assert shown.description.key_text == "EC P-384"
