"""What every listener shows and tells."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages, components, refusals; logs, figures and traces."""

    name = "guichet.web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Count refusals; send traces, where they are wanted and can be.

        Where they cannot, a command that serves has refused to start (guichet.cli.base); the
        doctor and a restore go on without.
        """
        from django.conf import settings  # noqa: PLC0415 settings first

        from guichet.web import metrics, traces, watching  # noqa: PLC0415

        watching.register(metrics.count_refusal)
        if not traces.lacks(settings.GUICHET.otel_endpoint):
            traces.start(settings.GUICHET.otel_endpoint)
