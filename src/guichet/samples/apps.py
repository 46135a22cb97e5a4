"""Test certificates, under /essais/."""

from django.apps import AppConfig


class SamplesConfig(AppConfig):
    """Made under the TEST hierarchy, or by a laboratory where it would never sign."""

    name = "guichet.samples"
    default_auto_field = "django.db.models.BigAutoField"
