"""Certification authorities."""

from django.apps import AppConfig


class AuthorityConfig(AppConfig):
    """Signing requests, certificates, revocations and CRLs; the signer alone holds the keys."""

    name = "guichet.authority"
    default_auto_field = "django.db.models.BigAutoField"

    def take_places(self) -> None:
        """Tell figures."""
        from guichet.authority import metrics as figures  # noqa: PLC0415 models first
        from guichet.web import metrics  # noqa: PLC0415

        metrics.register(metrics.Gauges(figures.read))
