"""What machines call: the REST API."""

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    """The REST API, version 1, under /api/v1/."""

    name = "guichet.automation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell of the e-mails of machines."""
        from guichet.automation.mail_kinds import KINDS  # noqa: PLC0415 models first
        from guichet.notifications.wording import catalogue  # noqa: PLC0415

        catalogue.register(KINDS)

    def take_places(self) -> None:
        """In the header, at home and by structures; tell which machine got what, and figures."""
        from guichet.automation import metrics as figures  # noqa: PLC0415
        from guichet.automation.machines import home as machines  # noqa: PLC0415 models first
        from guichet.habilitations import structure_tabs  # noqa: PLC0415
        from guichet.orders import renewers  # noqa: PLC0415
        from guichet.web import home, metrics, navigation  # noqa: PLC0415

        home.register(machines.machines_section)
        navigation.register(machines.machines_entry)
        structure_tabs.register(machines.machines_tab)
        renewers.register(machines.renewer)
        metrics.register(metrics.Gauges(figures.read))
