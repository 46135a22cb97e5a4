"""Who people are, and how they log in."""

from django.apps import AppConfig


class IdentitiesConfig(AppConfig):
    """Accounts, cards, providers, sessions."""

    name = "guichet.identities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place on the home page."""
        from guichet.identities.home import account_section  # noqa: PLC0415 models first
        from guichet.web import home  # noqa: PLC0415

        home.register(account_section)
