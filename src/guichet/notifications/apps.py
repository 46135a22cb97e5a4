"""The outbox of e-mails."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """E-mails, written in the caller's transaction and sent by the clerk."""

    name = "guichet.notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def take_places(self) -> None:
        """Tell figures."""
        from guichet.notifications import metrics as figures  # noqa: PLC0415 models first
        from guichet.web import metrics  # noqa: PLC0415

        metrics.register(metrics.Gauges(figures.read))
