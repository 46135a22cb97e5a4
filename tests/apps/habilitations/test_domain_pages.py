"""The page of a structure's domains: proofs, records to publish, what the DNS says."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

import pytest

from apps.habilitations.domain_proofs import (  # noqa: F401 the fixtures
    DOMAIN,
    RECORD,
    _hospital,
    _quick,
    challenge,
    check,
    jean,
    zone,
)
from apps.habilitations.rights_kit import (
    HOSPITAL,
    NOW,
)
from guichet.habilitations.models import DomainProof
from guichet.habilitations.queries import domains

pytestmark = pytest.mark.django_db


def test_a_proof_speaks_for_what_is_below(zone, jean) -> None:
    """The badge of a sub-domain says by which proof; nothing is asked of it any more."""
    for name in ("portail.hopital.fr", "autrehopital.fr"):
        challenge(jean, name)
    row = challenge(jean)
    zone.publish(RECORD, row.token)
    assert check(row, jean)
    covered = {d.name: d.covered_by for d in domains.domains_of(HOSPITAL, jean.actor, NOW)}
    assert covered["portail.hopital.fr"] == DOMAIN
    assert covered[DOMAIN] == covered["autrehopital.fr"] == ""
    page = jean.get(f"/habilitations/structures/{HOSPITAL}/domaines/").content.decode()
    assert "par hopital.fr, dont il fait partie" in page


def test_the_page_shows_every_domain_and_its_record(zone, jean) -> None:
    """Those of rights, those asked; verified with one button, the badge says since when."""
    address = f"/habilitations/structures/{HOSPITAL}/domaines/"
    names = [found.name for found in domains.domains_of(HOSPITAL, jean.actor, NOW)]
    assert names == ["www.autre.fr", "hopital.fr"]
    assert "Obtenir l’enregistrement" in jean.get(address).content.decode()
    assert jean.post(address, {"domain": DOMAIN}).status_code == 302
    row = DomainProof.objects.get()
    page = jean.get(address).content.decode()
    assert RECORD in page
    assert row.token in page
    assert jean.post(f"{address}{row.pk}/verifier/").status_code == 302
    assert "Enregistrement introuvable" in jean.get(address).content.decode()
    zone.publish(RECORD, row.token)
    for _press in range(2):
        assert jean.post(f"{address}{row.pk}/verifier/").status_code == 302
    assert "Prouvé le" in jean.get(address).content.decode()


def test_the_page_says_when_the_dns_is_silent(zone, jean) -> None:
    """503, in words, on the same page."""
    row = challenge(jean)
    zone.silent = True
    address = f"/habilitations/structures/{HOSPITAL}/domaines/"
    answer = jean.post(f"{address}{row.pk}/verifier/")
    assert answer.status_code == 503
    assert "DNS indisponible" in answer.content.decode()


def test_a_wrong_domain_is_said_on_its_field(jean) -> None:
    """422."""
    address = f"/habilitations/structures/{HOSPITAL}/domaines/"
    answer = jean.post(address, {"domain": "pas un domaine"})
    assert answer.status_code == 422
    assert "pas un domaine" in answer.content.decode()
