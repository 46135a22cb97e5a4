"""What an e-mail is made from, and what it reads once its template is rendered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils import translation

from guichet.notifications.models import RECIPIENTS_AT_MOST
from guichet.notifications.rendering import Rendered, parted, without_controls
from guichet.notifications.wording import in_force
from guichet.notifications.wording.catalogue import LANGUAGES, everywhere

__all__ = ["LANGUAGES", "Mail", "Rendered", "check_address", "render"]


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


def check_address(text: str) -> None:
    """Raise ValueError unless `text` is one bare address (RFC 5322 §3.4.1 addr-spec)."""
    if without_controls(text) != text or any(c.isspace() for c in text):
        raise ValueError("e-mail address with a space or a control character")
    if not Address(addr_spec=text).domain:
        raise ValueError("e-mail address without a domain")


def render(mail: Mail, reader: in_force.Reader = in_force.read) -> Rendered:
    """Render the text in force of the mail's language; its first line holds the subject.

    That is what staff put in force, which `reader` finds, else the template that came with the
    counter. Nothing is escaped, since nothing is HTML. Raises ValueError when the first line is no
    subject.
    """
    language = mail.language if mail.language in LANGUAGES else LANGUAGES[0]
    values = {**everywhere(), **mail.context}
    edited = in_force.rendered(mail.template, language, values, reader)
    return edited or _default(mail.template, language, values)


def _default(name: str, language: str, values: Mapping[str, Any]) -> Rendered:
    template = get_template(f"{name}.{language}.txt")
    with translation.override(language):
        written = template.template.render(Context(values, autoescape=False))  # type: ignore[attr-defined]
    try:
        return parted(written)
    except ValueError as fault:
        raise ValueError(f"{name}: {fault}") from fault
