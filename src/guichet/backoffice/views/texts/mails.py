"""The texts of e-mails: the list, one text and its versions, and what is done with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from guichet.backoffice.views.texts.framing import framed, writer_of
from guichet.domain.duties import Duty
from guichet.domain.wording import VersionState
from guichet.identities.access import ActorRequest, duty_required, fresh_login_required
from guichet.notifications.wording import operations, reading
from guichet.notifications.wording.catalogue import LANGUAGES
from guichet.notifications.wording.reading import Listed, Version


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_safe
def list_mails(request: ActorRequest) -> HttpResponse:
    """Every e-mail that the counter writes, those that wait for a decision first told of."""
    found = reading.listed(get_language() or LANGUAGES[0])
    mine = [
        (version, reverse("backoffice:mail-version", args=_path(version)))
        for one in found
        for version in one.waiting
        if version.may_be_enforced_by(request.actor.accounts)
    ]
    rows = [(one, list(_texts(one))) for one in found]
    return framed(request, "mails", "mails/list", {"rows": rows, "mine": mine})


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_safe
def show_mail(request: ActorRequest, app: str, name: str, language: str) -> HttpResponse:
    """One text: what is sent now, and its versions."""
    template = template_of(app, name)
    kind = operations.kind_of(template, language)
    versions = reading.versions(template, language)
    in_force = [one for one in versions if one.state is VersionState.IN_FORCE]
    context = {
        **place(app, name, language),
        "kind": kind,
        "text": reading.current(kind, language),
        "in_force": in_force[0] if in_force else None,
        "versions": versions,
    }
    return framed(request, "mails", "mails/text", context)


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_safe
def show_version(
    request: ActorRequest, app: str, name: str, language: str, number: int
) -> HttpResponse:
    """One version: what it changes, and what may be done with it."""
    template = template_of(app, name)
    kind = operations.kind_of(template, language)
    version = reading.version(template, language, number)
    is_current = version.state is VersionState.IN_FORCE
    against = kind.default(language) if is_current else reading.current(kind, language)
    context = {
        **place(app, name, language),
        "kind": kind,
        "version": version,
        "lines": reading.compared(against, version.text),
        "compared_title": _("Ce qui change par rapport au texte d’origine")
        if is_current
        else _("Ce qui change par rapport au texte en vigueur"),
        "may_enforce": version.may_be_enforced_by(request.actor.accounts),
        "is_own": version.author_id in request.actor.accounts,
    }
    return framed(request, "mails", "mails/version", context)


@duty_required(Duty.WRITE_TEXTS)
@fresh_login_required()
@require_POST
def enforce(request: ActorRequest, app: str, name: str, language: str, number: int) -> HttpResponse:
    """Put a version in force."""
    operations.enforce(
        template=template_of(app, name),
        language=language,
        number=number,
        by=writer_of(request),
        at=request.received_at,
    )
    return back(app, name, language)


@duty_required(Duty.WRITE_TEXTS)
@require_POST
def drop(request: ActorRequest, app: str, name: str, language: str, number: int) -> HttpResponse:
    """Set a version aside that was never in force."""
    operations.drop(
        template=template_of(app, name),
        language=language,
        number=number,
        by=writer_of(request),
        at=request.received_at,
    )
    return back(app, name, language)


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@fresh_login_required()
@require_http_methods(["GET", "HEAD", "POST"])
def restore_default(request: ActorRequest, app: str, name: str, language: str) -> HttpResponse:
    """Back to the text that came with the counter; asked once more before it is done."""
    template = template_of(app, name)
    kind = operations.kind_of(template, language)
    if request.method == "POST":
        operations.back_to_default(
            template=template, language=language, by=writer_of(request), at=request.received_at
        )
        return back(app, name, language)
    lines = reading.compared(reading.current(kind, language), kind.default(language))
    context = {**place(app, name, language), "kind": kind, "lines": lines}
    return framed(request, "mails", "mails/default", context)


@dataclass(frozen=True, slots=True)
class TextLink:
    """One language of an e-mail in the list; `version` is the one in force, None: the default."""

    language: str
    href: str
    version: Version | None
    waits: bool


def _texts(one: Listed) -> Iterator[TextLink]:
    app, _folder, name = one.kind.template.split("/")
    in_force = {version.language: version for version in one.in_force}
    waiting = {version.language for version in one.waiting}
    for code in LANGUAGES:
        href = reverse("backoffice:mail-text", args=[app, name, code])
        yield TextLink(code, href, in_force.get(code), code in waiting)


def _path(version: Version) -> list[str | int]:
    app, _folder, name = version.template.split("/")
    return [app, name, version.language, version.number]


def template_of(app: str, name: str) -> str:
    """The template that an address names."""
    return f"{app}/mail/{name}"


def place(app: str, name: str, language: str) -> dict[str, Any]:
    """What the pages of one text show of where they are."""
    return {
        "app": app,
        "name": name,
        "language": language,
        "languages": [
            (code, code.upper(), reverse("backoffice:mail-text", args=[app, name, code]))
            for code in LANGUAGES
        ],
    }


def back(app: str, name: str, language: str) -> HttpResponse:
    """To the page of the text."""
    return HttpResponseRedirect(reverse("backoffice:mail-text", args=[app, name, language]))
