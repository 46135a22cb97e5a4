"""DEMANDER, RETIRER, SUIVRE, RÉVOQUER."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Orders of certificates and the products that come of them."""

    name = "guichet.orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take a place on the home page, and tell dossiers what follows them."""
        from guichet.habilitations.queries import life  # noqa: PLC0415
        from guichet.orders.after_dossier import steps_after  # noqa: PLC0415
        from guichet.orders.home import habilitations_section  # noqa: PLC0415 models first
        from guichet.web import home  # noqa: PLC0415

        home.register(habilitations_section)
        life.register_later(steps_after)
