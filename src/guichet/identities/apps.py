"""Who people are, and how they log in."""

from django.apps import AppConfig


class IdentitiesConfig(AppConfig):
    """Accounts, cards, providers, sessions."""

    name = "guichet.identities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell of the e-mails of accounts."""
        from guichet.identities.mail_kinds import KINDS  # noqa: PLC0415 models first
        from guichet.notifications.wording import catalogue  # noqa: PLC0415

        catalogue.register(KINDS)

    def take_places(self) -> None:
        """On the home page; tell figures."""
        from guichet.identities import metrics as figures  # noqa: PLC0415
        from guichet.identities.home import account_section  # noqa: PLC0415 models first
        from guichet.web import home, metrics  # noqa: PLC0415

        home.register(account_section)
        metrics.register(metrics.Gauges(figures.read))
