"""DEMANDER, RETIRER, SUIVRE, RÉVOQUER."""

from datetime import datetime

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class OrdersConfig(AppConfig):
    """Orders of certificates and the products that come of them."""

    name = "guichet.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of bounces, tell of the e-mails of orders; index what PostgreSQL searches."""
        from guichet.notifications import bounces  # noqa: PLC0415
        from guichet.notifications.wording import catalogue  # noqa: PLC0415
        from guichet.orders.mail_kinds import KINDS  # noqa: PLC0415 models first
        from guichet.orders.searching import ensure_indexes  # noqa: PLC0415

        bounces.register(_bounced)
        catalogue.register(KINDS)
        post_migrate.connect(ensure_indexes, sender=self)

    def take_places(self) -> None:
        """On the home page and in the header; tell dossiers what follows them, and figures."""
        from guichet.habilitations.queries import held, life  # noqa: PLC0415
        from guichet.orders import metrics as figures  # noqa: PLC0415
        from guichet.orders.after_dossier import steps_after  # noqa: PLC0415
        from guichet.orders.held_already import live_certificates  # noqa: PLC0415
        from guichet.orders.home import (  # noqa: PLC0415 models first
            habilitations_section,
            keys_entry,
        )
        from guichet.web import home, metrics, navigation  # noqa: PLC0415

        home.register(habilitations_section)
        navigation.register(keys_entry)
        life.register_later(steps_after)
        held.register(live_certificates)
        metrics.register(figures.LATENCY)
        metrics.register(metrics.Gauges(figures.read))


def _bounced(about: str, address: str, written_at: datetime, at: datetime) -> None:
    from guichet.orders.operations.contacts import bounced  # noqa: PLC0415 the clerk alone hears

    bounced(about, address, written_at, at)
