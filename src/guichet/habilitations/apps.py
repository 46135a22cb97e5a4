"""Structures, the cards they habilitate, the people who represent them."""

from django.apps import AppConfig


class HabilitationsConfig(AppConfig):
    """Who may order what, for whom."""

    name = "guichet.habilitations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place on the home page."""
        from guichet.habilitations.rights_home import rights_section  # noqa: PLC0415 models first
        from guichet.web import home  # noqa: PLC0415

        home.register(rights_section)
