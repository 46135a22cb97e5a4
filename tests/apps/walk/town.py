"""Everybody of a town, what they send and what they are shown."""

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from apps.orders.counter import Sign
from apps.walk.crawl import Walk
from guichet.habilitations.models import Decision, Revision
from guichet.notifications.models import OutboxMail


@dataclass
class Town:
    """People by name, who signs for them, the pages met on the way, and where to begin."""

    people: dict[str, Any]
    sign: Sign
    walk: Walk = field(default_factory=Walk)
    seeds: dict[str, list[str]] = field(default_factory=dict)

    @property
    def browsers(self) -> dict[str, Client]:
        """Everybody's, and somebody's who is not logged in."""
        return {name: one.browser for name, one in self.people.items()} | {"": Client()}

    def send(self, name: str, path: str, /, **typed: Any) -> str:
        """Send a form; where it leads. Raises AssertionError when it leads nowhere."""
        answer = self.people[name].post(path, typed)
        assert answer.status_code == 302, (name, path, answer.status_code, errors_of(answer))
        return str(answer["Location"]).partition("?")[0].partition("#")[0]

    def shown(self, name: str, path: str, /, **typed: Any) -> HttpResponse:
        """Send a form whose answer is a page, and keep the page."""
        answer: HttpResponse = self.people[name].post(path, typed)
        self.walk.answered(name, path, answer)
        return answer

    def from_here(self, name: str, *paths: str) -> None:
        """An address that no link gives: by e-mail, or by a script."""
        self.seeds.setdefault(name, []).extend(paths)


def errors_of(answer: HttpResponse) -> list[str]:
    """What a page says is wrong."""
    return re.findall(r'<ul class="field-errors.*?</ul>|<h1.*?</h1>', answer.content.decode(), re.S)


def at(number: int, page: str = "") -> str:
    """The address of an applicant's page."""
    return f"/habilitations/dossiers/{number}/{page}"


def mailed(pattern: str) -> list[str]:
    """The addresses of this shape that e-mails hold."""
    texts = OutboxMail.objects.values_list("text", flat=True)
    return [found for text in texts for found in re.findall(pattern, text)]


def links_of(town: Town, name: str, path: str, pattern: str) -> list[str]:
    """The addresses of this shape on a page."""
    return sorted(set(re.findall(pattern, town.people[name].get(path).content.decode())))


def codes() -> list[str]:
    """The codes that papers can be verified by."""
    return [
        *Revision.objects.values_list("code", flat=True)[:1],
        *Decision.objects.values_list("code", flat=True)[:1],
    ]


def zipped(files: dict[str, str]) -> SimpleUploadedFile:
    """An archive, as people send one."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("csr.zip", written.getvalue())
