"""The language of a page, in which its e-mails are written."""

from django.utils import translation

DEFAULT = "fr"


def language_of_page() -> str:
    """ "fr" or "en"."""
    return (translation.get_language() or DEFAULT)[:2]
