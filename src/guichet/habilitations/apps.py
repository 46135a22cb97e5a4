"""Structures, the cards they habilitate, the people who represent them."""

from django.apps import AppConfig


class HabilitationsConfig(AppConfig):
    """Who may order what, for whom."""

    name = "guichet.habilitations"
    default_auto_field = "django.db.models.BigAutoField"
