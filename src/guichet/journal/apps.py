"""The tamper-evident journal."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Every state change, in an append-only log whose entries are chained by their hashes."""

    name = "guichet.journal"
    default_auto_field = "django.db.models.BigAutoField"
