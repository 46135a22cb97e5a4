"""What every page that takes a CSR does with it: judged once, and nothing typed is lost."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse

from guichet.domain.refusals import Code, Refusal
from guichet.identities.access import ActorRequest
from guichet.orders.forms import CsrForm
from guichet.web import resume, watching


@dataclass(frozen=True, slots=True)
class CsrPage:
    """The form to show, with what was refused in it; `context` is what the templates are told."""

    form: CsrForm
    context: dict[str, Any]

    @property
    def status(self) -> HTTPStatus:
        """200, 413 for what is too large, 422 for the rest that is refused."""
        if self.form.has_error(NON_FIELD_ERRORS, Code.CSR_TOO_LARGE.value):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return HTTPStatus.UNPROCESSABLE_ENTITY if self.form.errors else HTTPStatus.OK


def answer(
    request: ActorRequest, send: Callable[[CsrForm], HttpResponse]
) -> HttpResponse | CsrPage:
    """What `send` answers to a good form, or the page to show (again).

    Raises Refusal(ORDER_UNKNOWN) as `send` does; other refusals are put on the form. A private key
    is not sent back.
    """
    if request.method != "POST":
        return _page(CsrForm(initial=_kept(request)), None)
    form = CsrForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(form, None)
    try:
        return send(form)
    except Refusal as refusal:
        if refusal.code is Code.ORDER_UNKNOWN:
            raise
        watching.tell(request, refusal)
        if refusal.code is Code.CSR_IS_PRIVATE_KEY:
            form = CsrForm({})
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


def _kept(request: ActorRequest) -> dict[str, str]:
    """What was pasted, or read from the file, before an expired session."""
    typed = resume.typed(request)
    if typed is None:
        return {}
    text = typed.get("csr_file") or typed.get("csr_text") or ""
    return {"csr_text": text, "key_origin": typed.get("key_origin") or "csr"}
