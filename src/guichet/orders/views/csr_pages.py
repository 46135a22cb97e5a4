"""What every page that takes a CSR does with it: judged once, and nothing typed is lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, Final

from django.http import HttpResponse

from guichet.domain.refusals import Code, Refusal
from guichet.identities.access import ActorRequest
from guichet.orders.forms import CsrForm
from guichet.orders.operations import telling_of_keys
from guichet.web import resume, watching
from guichet.web.forms import status_of

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class CsrPage:
    """The form to show, with what was refused in it; `context` is what the templates are told."""

    form: CsrForm
    context: dict[str, Any]

    @property
    def status(self) -> HTTPStatus:
        """That of the form: 413 for what is too large, 409 for what came at a wrong moment."""
        return status_of(self.form)


def answer(
    request: ActorRequest,
    send: Callable[[CsrForm], HttpResponse],
    *,
    form_class: type[CsrForm] = CsrForm,
    initial: Mapping[str, str] = NOTHING,
) -> HttpResponse | CsrPage:
    """What `send` answers to a good form, or the page to show (again).

    `form_class` may add fields of its own, filled with `initial` at first. Raises
    Refusal(ORDER_UNKNOWN) as `send` does; other refusals are put on the form. A private key is not
    sent back.
    """
    if request.method != "POST":
        return _page(form_class(initial={**initial, **_kept(request, form_class)}), None)
    form = form_class(request.POST, request.FILES)
    try:
        if form.is_valid():
            return send(form)
        with telling_of_keys(sent=form.everything(), by=request.actor, at=request.received_at):
            return _page(form, None)
    except Refusal as refusal:
        if refusal.code is Code.ORDER_UNKNOWN:
            raise
        watching.tell(request, refusal)
        if refusal.code is Code.CSR_IS_PRIVATE_KEY:
            form = form_class(dict(initial))
        form.add_objections(refusal.all)
        return _page(form, refusal)


def _page(form: CsrForm, refusal: Refusal | None) -> CsrPage:
    found = refusal.all if refusal else ()
    context = {
        "form": form,
        "burnt": refusal is not None and refusal.code is Code.CSR_IS_PRIVATE_KEY,
        "carriers": [o.mapping for o in found if o.code is Code.KEY_IN_USE],
    }
    return CsrPage(form, context)


def _kept(request: ActorRequest, form_class: type[CsrForm]) -> dict[str, str]:
    """What was typed, pasted, or read from the file, before an expired session."""
    typed = resume.typed(request)
    if typed is None:
        return {}
    text = typed.get("csr_file") or typed.get("csr_text") or ""
    others = {name: typed.get(name) or "" for name in form_class.base_fields if name in typed}
    return {**others, "csr_text": text, "key_origin": typed.get("key_origin") or "csr"}
