"""The e-mails about rights, renewals, delegations and domains."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from guichet.notifications.wording.catalogue import MailKind

AT: Final = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LAST_DAY: Final = date(2027, 1, 23)
STRUCTURE: Final[Mapping[str, Any]] = {
    "legal_name": "HOPITAL DES 3 DAMES",
    "national_id": "1750803999",
}
BY: Final = "SOPHIE DIRECTRICE"
CARD: Final = "2800143590"
RIGHTS: Final = [
    {
        "offer": "SERV",
        "usages": ["SSL_SERV"],
        "domains": ["hopital.example"],
        "servers": ["www.hopital.example"],
        "mail_domains": ["mail.hopital.example"],
    }
]
RIGHTS_PART: Final = "habilitations/mail/parts/rights"
DELEGATION: Final[Mapping[str, Any]] = {
    "pk": 12,
    "structure": STRUCTURE,
    "editor_name": "EDITEUR SANTE",
    "editor_siret": "26750045200011",
    "offers": ["ORG", "SERV"],
    "domains": ["hopital.example"],
    "mail_domains": ["mail.hopital.example"],
    "starts_at": AT,
    "last_day": LAST_DAY,
    "accepted_at": AT,
}


def _kind(
    template: str,
    when: Any,
    *others: Mapping[str, Any],
    needed: tuple[str, ...] = (),
    **sample: Any,
) -> MailKind:
    return MailKind(
        template=f"habilitations/mail/{template}",
        when=when,
        sample={"structure": STRUCTURE, "reader": "Sophie", **sample},
        others=({"reader": ""}, *others),
        needed=needed,
        parts=(RIGHTS_PART,) if "rights" in sample else (),
    )


def _renewal(template: str, when: Any, *others: Mapping[str, Any], **sample: Any) -> MailKind:
    values = {
        "holder": BY,
        "old_card": CARD,
        "new_card": "2800143591",
        "rights": RIGHTS,
        "last_day": LAST_DAY,
        **sample,
    }
    needed = ("address",) if "address" in sample else ()
    return _kind(template, when, {"last_day": None}, *others, needed=needed, **values)


def _delegation(template: str, when: Any, **sample: Any) -> MailKind:
    bare = {**DELEGATION, "domains": [], "mail_domains": [], "accepted_at": None}
    values = {"delegation": DELEGATION, "by": BY, "because": "Fin du contrat.", **sample}
    return _kind(template, when, {"delegation": bare, "because": ""}, **values)


def _ending(template: str, when: Any) -> MailKind:
    return _kind(
        template,
        when,
        {"by_delegation": True, "days": 1, "holder": "", "dossier": None},
        holder=BY,
        card_number=CARD,
        rights=RIGHTS,
        last_day=LAST_DAY,
        days=30,
        by_delegation=False,
        dossier=9073113,
    )


def _domain(template: str, when: Any) -> MailKind:
    return _kind(
        template,
        when,
        domain="hopital.example",
        record="_guichet.hopital.example",
        token="guichet-domaine=abc",  # noqa: S106 a sample
        lost_after=AT,
    )


KINDS: Final = (
    _kind(
        "right-changed",
        _("Une habilitation est suspendue, rétablie, restreinte ou terminée."),
        {"change": "resumed", "because": "", "holder": ""},
        {"change": "narrowed"},
        {"change": "ended"},
        change="suspended",
        holder=BY,
        card_number=CARD,
        rights=RIGHTS,
        because="Départ de l’établissement.",
        by=BY,
        at=AT,
    ),
    _ending("rights-ending", _("Une habilitation finit bientôt.")),
    _ending("rights-expired", _("Une habilitation est finie.")),
    _renewal(
        "renewal-asked",
        _("Un porteur demande le report de ses droits sur sa nouvelle carte."),
        address="https://guichet.example/habilitations/report/abc/",
        expires_at=AT,
    ),
    _renewal(
        "renewal-answered",
        _("Un report de droits est accordé, fait ou refusé."),
        {"is_automatic": True},
        {"consented": False},
        consented=True,
        is_automatic=False,
        by=BY,
    ),
    _delegation("delegation-given", _("Une structure propose une délégation.")),
    _delegation("delegation-accepted", _("Un éditeur accepte une délégation.")),
    _delegation("delegation-ended", _("Une délégation finit.")),
    _delegation(
        "delegation-opened",
        _("Un collaborateur d’éditeur peut commander."),
        offers=["ORG"],
        card_number=CARD,
    ),
    _domain("domain-missing", _("La preuve d’un domaine a disparu du DNS.")),
    _domain("domain-lost", _("Un domaine n’est plus prouvé.")),
)
