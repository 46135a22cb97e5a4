"""Structures, the cards they habilitate, the people who represent them."""

from django.apps import AppConfig


class HabilitationsConfig(AppConfig):
    """Who may order what, for whom."""

    name = "guichet.habilitations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place on the home page and in the header; make the papers that e-mails enclose."""
        from guichet.habilitations import papers  # noqa: PLC0415
        from guichet.habilitations.home import dossiers_section  # noqa: PLC0415 models first
        from guichet.habilitations.mail_kinds import KINDS  # noqa: PLC0415
        from guichet.habilitations.navigation import habilitations_entries  # noqa: PLC0415
        from guichet.habilitations.rights_home import news_section, rights_section  # noqa: PLC0415
        from guichet.notifications import enclosures  # noqa: PLC0415
        from guichet.notifications.wording import catalogue  # noqa: PLC0415
        from guichet.web import home, navigation  # noqa: PLC0415

        home.register(dossiers_section)
        home.register(news_section)
        home.register(rights_section)
        navigation.register(habilitations_entries)
        enclosures.register("receipt", papers.enclosed_receipt)
        enclosures.register("decision", papers.enclosed_decision)
        catalogue.register(KINDS)
