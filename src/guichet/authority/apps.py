"""Certification authorities."""

from django.apps import AppConfig


class AuthorityConfig(AppConfig):
    """Signing requests, certificates, revocations and CRLs; the signer alone holds the keys."""

    name = "guichet.authority"
    default_auto_field = "django.db.models.BigAutoField"
