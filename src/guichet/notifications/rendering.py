"""From a written text to an e-mail: its first line holds the subject."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from guichet.domain.texts import HIDDEN, unhidden
from guichet.notifications.lengths import SUBJECT_AT_MOST

SUBJECT_LINE: Final = re.compile(r"\A\s*(?:Objet|Subject)\s*:\s*(?P<subject>[^\n]+)\n")


@dataclass(frozen=True, slots=True)
class Rendered:
    """Subject of one line, and text, both without control characters."""

    subject: str
    text: str


def parted(written: str) -> Rendered:
    """Subject and text of what a template wrote. Raises ValueError when there is no subject."""
    text = without_controls(written.replace("\r\n", "\n"))
    found = SUBJECT_LINE.match(text)
    if found is None:
        raise ValueError("the first line must be “Objet : …” or “Subject: …”")
    subject = re.sub(r"[ \t]+", " ", found["subject"]).strip()[:SUBJECT_AT_MOST]
    body = re.sub(r"\n{3,}", "\n\n", text[found.end() :]).strip()
    return Rendered(subject, body + "\n")


def without_controls(text: str) -> str:
    """Drop control and direction-changing characters, which could forge a header or a name.

    Joiners that join, as within an emoji, stay.
    """
    # Each character once: a text has thousands, of which few differ.
    hidden = {c for c in set(text) - {"\n", "\t"} if unicodedata.category(c) in HIDDEN}
    return unhidden(text) if hidden else text
