"""Terms of use and policies."""

from django.apps import AppConfig


class TermsConfig(AppConfig):
    """Versions of what people agree to; who agreed is kept where they did."""

    name = "guichet.terms"
    default_auto_field = "django.db.models.BigAutoField"
