"""Which certificate which service presents to relying parties."""

from django.apps import AppConfig


class AssociationsConfig(AppConfig):
    """The registry of services and of their certificates, under /associations/."""

    name = "guichet.associations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of renewals that are withdrawn; take a place at home, by structures, products."""
        from guichet.associations import places  # noqa: PLC0415 models first
        from guichet.associations.operations import carry_over  # noqa: PLC0415
        from guichet.habilitations import structure_tabs  # noqa: PLC0415
        from guichet.orders import beside_product, successors  # noqa: PLC0415
        from guichet.web import home  # noqa: PLC0415

        successors.register(carry_over)
        structure_tabs.register(places.services_tab)
        home.register(places.services_section)
        beside_product.register(places.services_panel)
