"""Refusals in plain words, in both languages: for programs whose logs a person reads."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from guichet.domain.refusals import Refusal
from guichet.web.refusal_texts import Explained, explain_all

CONTENT_TYPE: Final = "text/plain; charset=utf-8"
EST: Final = "/.well-known/est/"
# EST names few statuses (RFC 7030 §4.2.3): what a document or its moment lacks is a bad request.
STATUSES: Final = {409: 400, 412: 400, 422: 400}
CHALLENGE: Final = 'Basic realm="EST", charset="UTF-8"'


def is_spoken(request: HttpRequest) -> bool:
    """Whether the answer is for an EST client, which shows or logs a text (RFC 7030 §4.2.3)."""
    return request.path.startswith(EST)


def refused(refusal: Refusal) -> HttpResponse:
    """Every objection, with what to do, then its stable code."""
    status = explain_all(refusal)[0].status
    status = STATUSES.get(status, status)
    response = told(status, lambda: "\n".join(map(_line, explain_all(refusal))))
    if status == 401:
        response["WWW-Authenticate"] = CHALLENGE
    return response


def wrong_method(status: int) -> HttpResponse:
    """A method that the address has not."""
    return told(status, lambda: _("Méthode non permise"))


def told(status: int, words: Callable[[], str]) -> HttpResponse:
    """The words in each language in turn, whatever language the caller asks for."""
    texts = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            texts.append(words())
    return HttpResponse("\n\n".join(texts) + "\n", status=status, content_type=CONTENT_TYPE)


def _line(words: Explained) -> str:
    end = "" if words.title.endswith("?") else "."
    return f"{words.title}{end} {words.detail} {words.remedy} ({words.code.value})"
