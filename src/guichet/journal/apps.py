"""The tamper-evident journal."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Every state change, in an append-only log whose entries are chained by their hashes."""

    name = "guichet.journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of refused accesses."""
        from guichet.journal import access  # noqa: PLC0415 models first
        from guichet.web import watching  # noqa: PLC0415

        watching.register(access.watch)

    def take_places(self) -> None:
        """Tell figures."""
        from guichet.journal import metrics as figures  # noqa: PLC0415 models first
        from guichet.web import metrics  # noqa: PLC0415

        metrics.register(metrics.Gauges(figures.read))
