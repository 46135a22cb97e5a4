"""What an e-mail is made from, and what it reads once its template is rendered."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Any, Final

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from guichet.domain.texts import HIDDEN
from guichet.notifications.models import RECIPIENTS_AT_MOST
from guichet.notifications.operator import operator

LANGUAGES: Final = ("fr", "en")
SUBJECT_AT_MOST: Final = 250
SUBJECT_LINE: Final = re.compile(r"\A\s*(?:Objet|Subject)\s*:\s*(?P<subject>[^\n]+)\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """An e-mail to be sent.

    `template` is a path without language nor ending ("orders/mail/taken"); `about` names what it
    tells of ("order:101180"); `encloses` names papers (enclosures.py); `dedupe_key` is the same
    for two requests of the same e-mail. `unsubscribe` is the address that stops further ones, by
    a page or by a POST of one click (RFC 8058).
    Raises ValueError on an address that is not one, or on no or too many addresses.
    """

    to: tuple[str, ...]
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    language: str = "fr"
    about: str
    dedupe_key: str
    encloses: tuple[str, ...] = ()
    unsubscribe: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.to) <= RECIPIENTS_AT_MOST:
            raise ValueError(f"an e-mail has 1 to {RECIPIENTS_AT_MOST} recipients")
        for address in self.to:
            check_address(address)


@dataclass(frozen=True, slots=True)
class Rendered:
    """Subject of one line, and text, both without control characters."""

    subject: str
    text: str


def check_address(text: str) -> None:
    """Raise ValueError unless `text` is one bare address (RFC 5322 §3.4.1 addr-spec)."""
    if _without_controls(text) != text or any(c.isspace() for c in text):
        raise ValueError("e-mail address with a space or a control character")
    if not Address(addr_spec=text).domain:
        raise ValueError("e-mail address without a domain")


def render(mail: Mail) -> Rendered:
    """Render the template of the mail's language; its first line holds the subject.

    Nothing is escaped, since nothing is HTML. Raises ValueError when the first line is no subject.
    """
    language = mail.language if mail.language in LANGUAGES else LANGUAGES[0]
    template = get_template(f"{mail.template}.{language}.txt")
    values = {
        "portal_url": settings.GUICHET.portal_url,
        "operator": operator(),
        **mail.context,
    }
    with translation.override(language):
        written = template.template.render(Context(values, autoescape=False))  # type: ignore[attr-defined]
    text = _without_controls(written.replace("\r\n", "\n"))
    found = SUBJECT_LINE.match(text)
    if found is None:
        raise ValueError(f"{mail.template}: the first line must be “Objet : …” or “Subject: …”")
    subject = re.sub(r"[ \t]+", " ", found["subject"]).strip()[:SUBJECT_AT_MOST]
    body = re.sub(r"\n{3,}", "\n\n", text[found.end() :]).strip()
    return Rendered(subject, body + "\n")


def _without_controls(text: str) -> str:
    """Drop control and direction-changing characters, which could forge a header or a name."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in HIDDEN)
