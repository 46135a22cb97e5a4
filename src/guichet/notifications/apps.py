"""The outbox of e-mails."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """E-mails, written in the caller's transaction and sent by the clerk."""

    name = "guichet.notifications"
    default_auto_field = "django.db.models.BigAutoField"
