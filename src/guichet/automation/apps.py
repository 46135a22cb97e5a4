"""What machines call: the REST API."""

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    """The REST API, version 1, under /api/v1/."""

    name = "guichet.automation"
    default_auto_field = "django.db.models.BigAutoField"
