"""Who signs the e-mails and the papers, and how to reach them."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """The operator of this counter (setting GUICHET_OPERATOR); empty lines are left out."""

    name: str = "Guichet, service de certificats"
    email: str = "certificats@guichet.test"
    phone: str = ""
    address: str = ""


def operator() -> Operator:
    """The operator named by the settings; until one is, the example of guichet.conf.settings."""
    return settings.GUICHET_OPERATOR
