"""A long name in one word: kept when it reads as words, told at once when it is not kept."""

import pytest

from apps.orders.counter import INFORMATION, Person, text_of
from guichet.orders.models import OrderDraft

HYPHENS = "Service-authentification-dossier-patient-informatise-hopital"
HUMPS = "ServiceAuthentificationDossierPatientInformatiseHopital"


def test_capitals_and_hyphens_are_words(sophie: Person, authorities: object) -> None:
    """Sixty characters, as a name of service may have."""
    base = sophie.through_the_steps(service=HYPHENS)
    assert HYPHENS in text_of(sophie.get(base + "4/"))


@pytest.mark.parametrize("field", ["service", "informed_email"])
def test_what_is_not_kept_is_told_where_it_was_typed(
    sophie: Person, authorities: object, field: str
) -> None:
    """Otherwise the fourth step would ask for what the third one shows no more."""
    base = sophie.to_step_4()
    typed = HUMPS if field == "service" else f"{HUMPS}@exemple.fr"
    answer = sophie.post(base + "3/", {**INFORMATION, field: typed})
    assert answer.status_code == 422
    assert "ressemble à une clé privée" in text_of(answer)
    assert HUMPS not in text_of(answer)
    assert OrderDraft.objects.get().typed[field] == ""
