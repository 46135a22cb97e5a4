"""Structures, the cards they habilitate, the people who represent them."""

from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from guichet.notifications.enclosures import Enclosure


class HabilitationsConfig(AppConfig):
    """Who may order what, for whom."""

    name = "guichet.habilitations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the papers that e-mails enclose, and tell of these e-mails."""
        from guichet.habilitations.mail_kinds import KINDS  # noqa: PLC0415 models first
        from guichet.notifications import enclosures  # noqa: PLC0415
        from guichet.notifications.wording import catalogue  # noqa: PLC0415

        enclosures.register("receipt", _receipt)
        enclosures.register("decision", _decision)
        catalogue.register(KINDS)

    def take_places(self) -> None:
        """On the home page and in the header."""
        from guichet.habilitations.home import dossiers_section  # noqa: PLC0415 models first
        from guichet.habilitations.navigation import habilitations_entries  # noqa: PLC0415
        from guichet.habilitations.rights_home import news_section, rights_section  # noqa: PLC0415
        from guichet.web import home, navigation  # noqa: PLC0415

        home.register(dossiers_section)
        home.register(news_section)
        home.register(rights_section)
        navigation.register(habilitations_entries)


def _receipt(reference: str) -> "Enclosure | None":
    from guichet.habilitations import papers  # noqa: PLC0415 as below

    return papers.enclosed_receipt(reference)


def _decision(reference: str) -> "Enclosure | None":
    from guichet.habilitations import papers  # noqa: PLC0415 drawn by the clerk alone

    return papers.enclosed_decision(reference)
