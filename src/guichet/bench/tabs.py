"""The pages of the bench."""

from django.urls import reverse
from django.utils.translation import gettext as _


def tabs() -> list[tuple[str, str, str]]:
    """Key, words and address of each."""
    return [
        ("client", _("Mon client"), reverse("bench:handshake")),
        ("server", _("Mon serveur"), reverse("bench:server")),
        ("certificates", _("Certificats de test"), reverse("bench:certificates")),
    ]
