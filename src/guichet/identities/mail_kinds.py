"""The e-mails of accounts, with the samples that the back office shows them by."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from guichet.notifications.wording.catalogue import MailKind

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


KINDS: Final = (
    _link("confirm", _("Quelqu’un ouvre un compte.")),
    _link("reset", _("Un nouveau mot de passe est demandé.")),
    _link("address", _("Une nouvelle adresse est à confirmer.")),
    _told("already", _("Un compte est demandé pour une adresse qui en a un.")),
    _told("password-changed", _("Un mot de passe a changé.")),
    _told("address-changing", _("Une autre adresse est demandée pour un compte.")),
    _told("card-attached", _("Une carte et un compte sont rattachés."), other="S. DIRECTRICE"),
    _told("card-detached", _("Une carte et un compte sont séparés."), other="S. DIRECTRICE"),
)
