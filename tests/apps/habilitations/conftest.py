"""People around a dossier, and registers that know the deck's structure and cards."""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from apps.habilitations.dossiers import Person
    from guichet.directories.register import Register
    from guichet.identities.actors import Actor


@pytest.fixture
def enter(db: None) -> Callable[..., Person]:
    """Log somebody in: enter("Jean", "DUPONT", email=…, card=…, roles=(…), by=…)."""
    from django.utils import timezone

    from apps.habilitations.dossiers import Person
    from guichet.identities import operations as identities
    from guichet.identities.models import Account, Card
    from guichet.identities.queries import actor_of
    from guichet.identities.sessions import BY
    from kit.entering import browser_with, lasting_session_of
    from kit.kept_rows import KEPT

    def log_in(
        given: str,
        surname: str,
        *,
        email: str = "",
        card: str = "",
        national_id: str | None = None,
        roles: tuple[str, ...] = (),
        by: Any = "",
    ) -> Person:
        at = timezone.now()
        name = f"{surname} / {given}"
        asked = identities.AccountAsked(
            display_name=name,
            given_names=given,
            surname=surname,
            email=email or f"{surname.lower()}@sante.fr",
            national_id=national_id,
            roles=roles,
        )

        how = by or ("ecps" if card else "account")

        def register() -> tuple[Actor, str]:
            pk = identities.register_account(asked=asked, by="test", at=at)
            if card:
                identities.register_card(
                    number=card, account_id=pk, holder_name=name, by="test", at=at
                )
            account = Account.objects.get(pk=pk)
            held = Card.objects.get(number=card) if card else None
            return actor_of(account, held, how), lasting_session_of(account, **{BY: how})

        actor, session = KEPT.make(f"{asked} {card} {how}", register)
        return Person(actor, browser_with(session))

    return log_in


@pytest.fixture
def applicant(enter: Callable[..., Person]) -> Person:
    """Jean DUPONT, the deck's representative, logged in without a card."""
    return enter("Jean", "DUPONT", email="monmail@sante.fr", national_id="899700102033")


@pytest.fixture
def holder(enter: Callable[..., Person]) -> Person:
    """Jeanne CHARLES, logged in with her card: the deck's administrator."""
    from apps.habilitations.dossiers import JEANNE_CARD

    return enter(
        "Jeanne",
        "CHARLES",
        email="jeanne.charles@sante.test",
        card=JEANNE_CARD,
        national_id="899700203047",
        roles=("administrator",),
    )


@pytest.fixture
def other_applicant(enter: Callable[..., Person]) -> Person:
    """Another applicant, who has dossiers of their own."""
    return enter("Denise", "AUTRE", email="denise.autre@clinique.test")


@pytest.fixture
def stranger(enter: Callable[..., Person]) -> Person:
    """Somebody logged in who has nothing to do with any dossier."""
    return enter("Paul", "RIEN", email="paul.rien@ailleurs.test")


@pytest.fixture
def instructor(enter: Callable[..., Person]) -> Person:
    """INÈS MOREL, instructor."""
    return enter("Inès", "MOREL", card="2800301011", roles=("instructor",))


@pytest.fixture
def second_instructor(enter: Callable[..., Person]) -> Person:
    """Another instructor, for what needs two."""
    return enter("Ali", "SECOND", card="2800302012", roles=("instructor",))


@pytest.fixture
def supervisor(enter: Callable[..., Person]) -> Person:
    """A supervisor of instruction."""
    return enter("Rose", "HAUTE", card="2800303013", roles=("supervisor", "instructor"))


@pytest.fixture
def auditor(enter: Callable[..., Person]) -> Person:
    """AUDE LEFEBVRE, auditor."""
    return enter("Aude", "LEFEBVRE", card="2800501033", roles=("auditor",))


@pytest.fixture
def visitor() -> Any:
    """A browser that nobody logged in with."""
    from django.test import Client

    return Client()


@pytest.fixture
def known_registers(settings: Any, tmp_path: Path) -> Register:
    """Whole registers in a folder of this test's own (see register_files.fill_registers)."""
    from django.utils import timezone

    from apps.habilitations.register_files import fill_registers
    from guichet.habilitations import registers

    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    found = registers.register()
    fill_registers(found, timezone.now().date())
    return found


@pytest.fixture
def both_cards(settings: Any, tmp_path: Path, db: None) -> None:
    """Jeanne CHARLES has a new card beside the one that her rights are for."""
    from apps.habilitations import two_cards

    two_cards.know_both(settings, tmp_path)


@pytest.fixture
def jean(enter: Callable[..., Person]) -> Any:
    """A representative of the hospital."""
    from apps.habilitations.rights_kit import appoint

    return appoint(enter("Jean", "DUPONT", email="jean@hopital.fr"))


@pytest.fixture
def jeanne(enter: Callable[..., Person]) -> Any:
    """Logged in with her new card."""
    from apps.habilitations import two_cards

    return two_cards.logged_in(enter)
