"""DEMANDER, RETIRER, SUIVRE, RÉVOQUER."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrdersConfig(AppConfig):
    """Orders of certificates and the products that come of them."""

    name = "guichet.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place on the home page, tell dossiers what follows them, hear of bounces."""
        from guichet.habilitations.queries import held, life  # noqa: PLC0415
        from guichet.notifications import bounces  # noqa: PLC0415
        from guichet.notifications.wording import catalogue  # noqa: PLC0415
        from guichet.orders import metrics as figures  # noqa: PLC0415
        from guichet.orders.after_dossier import steps_after  # noqa: PLC0415
        from guichet.orders.held_already import live_certificates  # noqa: PLC0415
        from guichet.orders.home import (  # noqa: PLC0415 models first
            habilitations_section,
            keys_entry,
        )
        from guichet.orders.mail_kinds import KINDS  # noqa: PLC0415
        from guichet.orders.operations.contacts import bounced  # noqa: PLC0415
        from guichet.orders.searching import ensure_indexes  # noqa: PLC0415
        from guichet.web import home, metrics, navigation  # noqa: PLC0415

        home.register(habilitations_section)
        navigation.register(keys_entry)
        life.register_later(steps_after)
        held.register(live_certificates)
        bounces.register(bounced)
        catalogue.register(KINDS)
        metrics.register(figures.LATENCY)
        metrics.register(metrics.Gauges(figures.read))
        post_migrate.connect(ensure_indexes, sender=self)
