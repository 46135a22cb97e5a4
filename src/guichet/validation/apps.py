"""OCSP, CRLs and authorities' certificates for relying parties."""

from django.apps import AppConfig


class ValidationConfig(AppConfig):
    """Publishing what the authority decided, and answering from it without Django."""

    name = "guichet.validation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell of the e-mails of the watch."""
        from guichet.notifications.wording import catalogue  # noqa: PLC0415
        from guichet.validation.mail_kinds import KINDS  # noqa: PLC0415 models first

        catalogue.register(KINDS)

    def take_places(self) -> None:
        """Tell of freshness in /readyz and among the figures."""
        from guichet.validation.metrics import FreshnessCollector  # noqa: PLC0415 models first
        from guichet.validation.readiness import freshness  # noqa: PLC0415
        from guichet.web import health, metrics  # noqa: PLC0415

        health.register("freshness", freshness)
        metrics.register(FreshnessCollector())
