"""The back office, under /gestion/."""

from django.apps import AppConfig


class BackofficeConfig(AppConfig):
    """What those who work at the counter see of all of it."""

    name = "guichet.backoffice"
    default_auto_field = "django.db.models.BigAutoField"

    def take_places(self) -> None:
        """In the header, and link the parts with each other."""
        from guichet.backoffice import navigating  # noqa: PLC0415 models first
        from guichet.web import home, navigation  # noqa: PLC0415

        home.register(navigating.parts_section)
        navigation.register(navigating.backoffice_entry)
        navigation.register_local(navigating.local_entries)
