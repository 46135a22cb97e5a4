"""Who people are, and how they log in."""

from django.apps import AppConfig


class IdentitiesConfig(AppConfig):
    """Accounts, cards, providers, sessions."""

    name = "guichet.identities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place on the home page, and tell of the e-mails of accounts."""
        from guichet.identities import metrics as figures  # noqa: PLC0415
        from guichet.identities.home import account_section  # noqa: PLC0415 models first
        from guichet.identities.mail_kinds import KINDS  # noqa: PLC0415
        from guichet.notifications.wording import catalogue  # noqa: PLC0415
        from guichet.web import home, metrics  # noqa: PLC0415

        home.register(account_section)
        catalogue.register(KINDS)
        metrics.register(metrics.Gauges(figures.read))
