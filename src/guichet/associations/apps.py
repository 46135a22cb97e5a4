"""Which certificate which service presents to relying parties."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from guichet.identities.actors import Actor
    from guichet.orders.successors import Successor


class AssociationsConfig(AppConfig):
    """The registry of services and of their certificates, under /associations/."""

    name = "guichet.associations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of renewals that are withdrawn."""
        from guichet.orders import successors  # noqa: PLC0415 models first

        successors.register(_carry_over)

    def take_places(self) -> None:
        """At home, by structures and by products."""
        from guichet.associations import places  # noqa: PLC0415 models first
        from guichet.habilitations import structure_tabs  # noqa: PLC0415
        from guichet.orders import beside_product  # noqa: PLC0415
        from guichet.web import home  # noqa: PLC0415

        structure_tabs.register(places.services_tab)
        home.register(places.services_section)
        beside_product.register(places.services_panel)


def _carry_over(successor: "Successor", by: "Actor", at: datetime) -> None:
    from guichet.associations.operations import carry_over  # noqa: PLC0415 few withdraw renewals

    carry_over(successor, by, at)
