"""Which certificate which service presents to relying parties."""

from django.apps import AppConfig


class AssociationsConfig(AppConfig):
    """The registry of services and of their certificates, under /associations/."""

    name = "guichet.associations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of renewals that are withdrawn."""
        from guichet.associations.operations import carry_over  # noqa: PLC0415 models first
        from guichet.orders import successors  # noqa: PLC0415

        successors.register(carry_over)
