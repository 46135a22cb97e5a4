"""The editor of an e-mail's text: looked at and tried before it is kept, nothing typed lost."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from guichet.backoffice.forms.mail_texts import MailTextForm, MailTrialForm
from guichet.backoffice.views.texts.framing import framed, writer_of
from guichet.backoffice.views.texts.mails import place, template_of
from guichet.domain.duties import Duty
from guichet.identities.access import ActorRequest, duty_required
from guichet.notifications.rendering import Rendered
from guichet.notifications.wording import checking, operations, reading, shapes
from guichet.notifications.wording.catalogue import MailKind
from guichet.notifications.wording.tags import FILTERS, TAGS
from guichet.web.forms import is_done

PREVIEW, TRY, KEEP = "apercu", "essai", "garder"


@dataclass(slots=True)
class _Done:
    """What came of what was sent."""

    previews: tuple[Rendered, ...] = ()
    tried: int = 0
    number: int = 0


@never_cache
@duty_required(Duty.WRITE_TEXTS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, app: str, name: str, language: str) -> HttpResponse:
    """Write a text beside the one that came with the counter."""
    template = template_of(app, name)
    kind = operations.kind_of(template, language)
    act = request.POST.get("acte", "")
    form = _form(request, kind, language, act)
    done = _Done()

    def do() -> None:
        _act(request, kind, language, act, form.cleaned_data, done)

    if is_done(request, form, do) and done.number:
        address = reverse("backoffice:mail-version", args=[app, name, language, done.number])
        return HttpResponseRedirect(address)
    context = {
        **place(app, name, language),
        "kind": kind,
        "form": form,
        "done": done,
        "default": kind.default(language),
        "variables": tuple(shapes.paths(kind.shape)),
        "parts": kind.part_names(language),
        "tags": TAGS,
        "filters": FILTERS,
    }
    return framed(request, "mails", "mails/edit", context)


def _form(request: ActorRequest, kind: MailKind, language: str, act: str) -> MailTextForm:
    if request.method == "POST":
        return MailTextForm(request.POST) if act == KEEP else MailTrialForm(request.POST)
    version = request.GET.get("version", "")
    if version == "origine":
        text = kind.default(language)
    elif version.isdecimal():
        text = reading.version(kind.template, language, int(version[:9])).text
    else:
        text = reading.current(kind, language)
    return MailTextForm(initial={"text": text})


def _act(
    request: ActorRequest,
    kind: MailKind,
    language: str,
    act: str,
    typed: dict[str, Any],
    done: _Done,
) -> None:
    asked: dict[str, Any] = {
        "template": kind.template,
        "language": language,
        "text": typed["text"],
        "by": writer_of(request),
        "at": request.received_at,
    }
    if act == KEEP:
        done.number = operations.write(note=typed["note"], **asked)
    elif act == TRY:
        done.tried = operations.try_out(**asked)
    else:
        done.previews = checking.previews(kind, language, typed["text"])
