"""The e-mails of accounts, with the samples that the back office shows them by."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from guichet.notifications.wording.catalogue import MailKind

AT: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
NAME: Final = "SOPHIE DIRECTRICE"
LINK: Final = "https://guichet.example/connexion/lien/?lien=abc"


def _told(template: str, when: Any, **sample: Any) -> MailKind:
    sample = {"name": NAME, **sample}
    return MailKind(template=f"identities/mail/{template}", when=when, sample=sample)


def _link(template: str, when: Any) -> MailKind:
    return MailKind(
        template=f"identities/mail/{template}",
        when=when,
        sample={"name": NAME, "address": LINK},
        needed=("address",),
    )


def _access(template: str, when: Any, *others: Mapping[str, Any], **sample: Any) -> MailKind:
    values = {
        "name": NAME,
        "person": "OSCAR PETIT",
        "by": "OLGA GRAND",
        "role": "opérateur",
        "why": "Remplacement pendant les congés.",
        "page": "https://guichet.example/gestion/acces/",
        **sample,
    }
    return MailKind(template=f"identities/mail/{template}", when=when, sample=values, others=others)


KINDS: Final = (
    _link("confirm", _("Quelqu’un ouvre un compte.")),
    _link("reset", _("Un nouveau mot de passe est demandé.")),
    _link("address", _("Une nouvelle adresse est à confirmer.")),
    _told("already", _("Un compte est demandé pour une adresse qui en a un.")),
    _told("password-changed", _("Un mot de passe a changé.")),
    _told("address-changing", _("Une autre adresse est demandée pour un compte.")),
    _told("card-attached", _("Une carte et un compte sont rattachés."), other="S. DIRECTRICE"),
    _access(
        "role-asked",
        _("Un rôle du guichet est demandé, ou son retrait."),
        {"gives": False, "until": None},
        gives=True,
        until=AT,
    ),
    _access(
        "role-decided",
        _("Une demande de rôle est décidée."),
        {"given": False},
        {"gives": False, "until": None},
        gives=True,
        until=AT,
        given=True,
        note="Déjà tenu par deux personnes.",
    ),
    _access("emergency-opened", _("Un rôle est ouvert en urgence."), ends_at=AT),
    _access("emergency-ended", _("Un rôle ouvert en urgence est refermé."), ends_at=AT),
    _told("card-detached", _("Une carte et un compte sont séparés."), other="S. DIRECTRICE"),
)
