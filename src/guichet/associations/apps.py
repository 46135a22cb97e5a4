"""Which certificate which service presents to relying parties."""

from django.apps import AppConfig


class AssociationsConfig(AppConfig):
    """The registry of services and of their certificates, under /associations/."""

    name = "guichet.associations"
    default_auto_field = "django.db.models.BigAutoField"
