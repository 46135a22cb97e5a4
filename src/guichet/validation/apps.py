"""OCSP, CRLs and authorities' certificates for relying parties."""

from django.apps import AppConfig


class ValidationConfig(AppConfig):
    """Publishing what the authority decided, and answering from it without Django."""

    name = "guichet.validation"
    default_auto_field = "django.db.models.BigAutoField"
