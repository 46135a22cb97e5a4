"""The hierarchy as officers see it: all of it, and nothing to press."""

from collections.abc import Callable
from typing import Any

from cryptography import x509
from django.test import Client

from apps.orders.counter import Person, Sign, text_of, withdrawn
from guichet.authority.models import CertificationAuthority
from guichet.authority.signer import Signer

Staff = Callable[[str], Person]
BASE = "/gestion/autorites/"
CODE = "ACI-EL-ORG-TEST"


def test_each_authority_is_shown_whole(
    authorities: Signer, staff: Staff, sophie: Person, sign: Sign, django_assert_num_queries: Any
) -> None:
    """Its key, its life, its lists, its ceremonies; a list costs one query more than a page."""
    withdrawn(sophie, sign)
    officer = staff("ca-officer")
    assert officer.get(BASE).context["lines"][0][0].parent is None
    with django_assert_num_queries(4):
        listed = text_of(officer.get(BASE))
    page = officer.get(f"{BASE}{CODE}/")
    shown = page.context["authority"]
    for row in CertificationAuthority.objects.all():
        assert row.code in listed
        assert officer.get(f"{BASE}{row.code}/").status_code == 200
    assert (shown.valid.count, shown.key_label) == (1, CODE)
    assert "Autorité créée" in text_of(page)
    assert "<form" not in page.content.decode().partition("<main")[2].partition("</main")[0]
    assert [due.by <= shown.description.not_after for due in page.context["due"]] == [True, True]
    pem = officer.get(f"{BASE}{CODE}/certificat.pem")
    assert "TEST" in pem["Content-Disposition"]
    assert x509.load_pem_x509_certificate(pem.content).serial_number == shown.description.serial


def test_they_are_not_everybody_s_to_see(authorities: Signer, staff: Staff, sophie: Person) -> None:
    """An instructor has no business here; an unknown code is not found."""
    for page in (BASE, f"{BASE}{CODE}/", f"{BASE}{CODE}/certificat.pem"):
        assert sophie.get(page).status_code == 403
        assert Client().get(page, secure=True).status_code == 302
    assert staff("instructor").get(BASE).status_code == 403
    assert staff("auditor").get(f"{BASE}ACI-NONE/").status_code == 404
