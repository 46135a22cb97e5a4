"""The steps that somebody new has left, from the first login to the first certificate."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from guichet.domain.duties import STAFF
from guichet.habilitations.queries import applicant
from guichet.identities import queries as identities
from guichet.identities.actors import Actor
from guichet.orders import queries
from guichet.orders.visibility import Reach

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is, why, and where it is done; `state` is done, current or ahead."""

    title: "_StrPromise"
    text: "_StrPromise"
    address: str
    act: "_StrPromise"
    is_done: bool
    state: str = "ahead"


def steps_left(actor: Actor, found: Reach, at: datetime) -> tuple[Step, ...]:
    """Every step with its state; none for the staff, once all are done, or once put away."""
    if actor.is_a(*STAFF) or actor.machine is not None:
        return ()
    is_of_card = actor.card_number is not None and not _declares(actor, found)
    steps = _of_card(actor, found, at) if is_of_card else _of_representative(actor, found, at)
    if not steps or identities.has_closed_first_visit(actor.account_id):
        return ()
    current = next(step for step in steps if not step.is_done)
    return tuple(_placed(step, current) for step in steps)


def _declares(actor: Actor, found: Reach) -> bool:
    """Whether somebody without rights names others: a representative may log in by card too."""
    if found.rights or found.represented:
        return not found.rights
    mine = applicant.mine(actor)
    return bool(mine.drafts or mine.deposited)


def _of_card(actor: Actor, found: Reach, at: datetime) -> tuple[Step, ...]:
    """A technical administrator: named, orders, withdraws."""
    may_see = bool(found.structure_ids)
    if may_see and queries.visible_products(actor, at).exists():
        return ()
    has_ordered = may_see and queries.visible_orders(actor, at).exists()
    return (
        _logged_in(),
        Step(
            _("Être habilité par votre structure"),
            _("Son représentant désigne votre carte par le formulaire F413."),
            reverse("help_answer", args=["obtenir-une-habilitation"]),
            _("Comment l’obtenir"),
            bool(found.rights),
        ),
        Step(
            _("Demander un premier certificat"),
            _("Quatre étapes, que vous pouvez interrompre et reprendre."),
            reverse("orders:start"),
            _("Demander un produit"),
            has_ordered,
        ),
        Step(
            _("Le retirer"),
            _("Un courriel vous prévient quand il est prêt ; d’ordinaire en quelques secondes."),
            reverse("orders:withdrawals"),
            _("Retirer"),
            is_done=False,
        ),
    )


def _of_representative(actor: Actor, found: Reach, at: datetime) -> tuple[Step, ...]:
    """Who commits a structure: declares, is accepted, sees a first order."""
    if found.represented and queries.visible_orders(actor, at).exists():
        return ()
    mine = applicant.mine(actor)
    is_deposited = bool(found.represented or mine.deposited)
    return (
        _logged_in(),
        Step(
            _("Remplir la déclaration F413"),
            _("Votre structure, qui vous êtes, les cartes que vous désignez : quatre minutes."),
            reverse("habilitations:start"),
            _("Remplir une déclaration F413"),
            bool(is_deposited or mine.drafts),
        ),
        Step(
            _("La déposer"),
            _("Tant qu’elle est un brouillon, personne ne l’examine."),
            reverse("habilitations:start"),
            _("Reprendre le brouillon"),
            is_deposited,
        ),
        Step(
            _("Recevoir la décision"),
            _("Un instructeur l’examine ; un courriel vous prévient à chaque étape."),
            reverse("help_answer", args=["delais-de-linstruction"]),
            _("Ce qui se passe maintenant"),
            bool(found.represented),
        ),
        Step(
            _("Laisser vos administrateurs commander"),
            _("Ils se connectent avec la carte désignée ; vous suivez tout ce qu’ils font."),
            reverse("orders:orders"),
            _("Suivre les demandes"),
            is_done=False,
        ),
    )


def _logged_in() -> Step:
    return Step(
        title=_("Se connecter"),
        text=_("C’est fait : cette page est la vôtre."),
        address=reverse("identities:account"),
        act=_("Mon compte"),
        is_done=True,
    )


def _placed(step: Step, current: Step) -> Step:
    state = "done" if step.is_done else "current" if step is current else "ahead"
    return replace(step, state=state)
