"""ESSAYER: the bench as an app."""

from django.apps import AppConfig


class BenchConfig(AppConfig):
    """Pages that try certificates; no table of its own."""

    name = "guichet.bench"
    default_auto_field = "django.db.models.BigAutoField"
