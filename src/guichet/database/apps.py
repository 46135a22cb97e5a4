"""What each process may do in the database."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

from guichet.database import grants


class DatabaseConfig(AppConfig):
    """Roles of PostgreSQL, and their rights over the tables of every app."""

    name = "guichet.database"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Give the rights again after every migration."""
        pre_migrate.connect(_before, sender=self)
        post_migrate.connect(_after, sender=self)


def _before(using: str, plan: list[Any], **_signal: Any) -> None:
    if plan:
        grants.lift_guards(connections[using])


def _after(using: str, plan: list[Any] | None = None, **_signal: Any) -> None:
    """Nothing after a flush, which has no plan."""
    if plan:
        grants.apply(connections[using])
