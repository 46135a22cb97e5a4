"""One act on a selection: what would happen to each dossier, then what did."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guichet.domain.dossier.checks import Level, Rule, Verdict
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.domain.texts import whole_number
from guichet.habilitations import texts
from guichet.habilitations.instruction_forms import choices_of
from guichet.habilitations.operations import batch
from guichet.habilitations.operations.batch import (
    DONE,
    PROPOSED,
    SPEAKS,
    BatchAct,
    BatchAsked,
    Foreseen,
)
from guichet.habilitations.reasons import Purpose
from guichet.habilitations.stewardship import STAFF
from guichet.identities.access import ActorRequest, role_required
from guichet.web.forms import RefusalFormMixin
from guichet.web.refusal_texts import explain

ACT_WORDS: Final[Mapping[BatchAct, Any]] = {
    BatchAct.FOLLOW: _("Suivre"),
    BatchAct.TAKE: _("Prendre en instruction"),
    BatchAct.MESSAGE: _("Envoyer un message"),
    BatchAct.ACCEPT: _("Accepter si tous les contrôles sont au vert"),
    BatchAct.CLOSE: _("Classer sans suite"),
    BatchAct.ARCHIVE: _("Archiver"),
}
STAMP: Final = "lu."


class BatchForm(RefusalFormMixin, forms.Form):
    """The act, and the text that applicants read where it speaks to them."""

    remarks = frozenset({"texte"})

    acte = forms.ChoiceField(choices=[(act.value, words) for act, words in ACT_WORDS.items()])
    liste = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    modele = forms.ChoiceField(
        label=_("Modèle de motif"),
        required=False,
        help_text=_("Il remplit le texte ci-dessous, que vous pouvez changer."),
    )
    texte = forms.CharField(
        label=_("Texte"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Chaque déposant le lira. Laissé vide, il est celui du modèle choisi."),
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        language = get_language() or "fr"
        self.fields["modele"].choices = choices_of(Purpose.CLOSE, language)  # type: ignore[attr-defined]

    def asked(self) -> BatchAsked:
        """What the operation reads. Raises Refusal(REQUEST_MALFORMED) on an unknown act."""
        if not self.is_valid():
            raise Refusal(Code.REQUEST_MALFORMED, field="acte")
        act = BatchAct(self.cleaned_data["acte"])
        written: str = self.cleaned_data["texte"].strip()
        return BatchAsked(act=act, text=written, reason=self.cleaned_data["modele"])


@never_cache
@role_required(*STAFF)
@require_POST
def prepare(request: ActorRequest) -> HttpResponse:
    """The list of what would happen; nothing is done yet."""
    form = BatchForm(request.POST)
    asked = form.asked()
    numbers = batch.numbers_of(request.POST.getlist("numero"))
    speaks = asked.act in SPEAKS
    waits_for_text = speaks and not (asked.text or asked.reason)
    foreseen = (
        ()
        if waits_for_text
        else batch.rehearse(asked=asked, numbers=numbers, by=request.actor, at=request.received_at)
    )
    context = {
        "form": form,
        "asked": asked,
        "title": ACT_WORDS[asked.act],
        "speaks": speaks,
        "offers_reasons": asked.act is BatchAct.CLOSE,
        "waits_for_text": waits_for_text,
        "numbers": numbers,
        "lines": [(found, _foreseen(found)) for found in foreseen],
        "possible": sum(1 for found in foreseen if found.is_possible),
        "key": uuid4(),
        "listed": request.POST.get("liste", ""),
    }
    return render(request, "habilitations/instruction/batch.html", context)


@role_required(*STAFF)
@require_POST
def execute(request: ActorRequest) -> HttpResponse:
    """Do it to each dossier that has not moved since; the same form sent twice does it once."""
    asked = BatchForm(request.POST).asked()
    stamps = {
        number: str(value)
        for name, value in request.POST.items()
        if name.startswith(STAMP) and (number := whole_number(name.removeprefix(STAMP)))
    }
    batch.numbers_of(map(str, stamps))
    try:
        key = UUID(request.POST.get("cle", ""))
    except ValueError as error:
        raise Refusal(Code.REQUEST_MALFORMED, field="cle") from error
    batch.run(key=key, asked=asked, stamps=stamps, by=request.actor, at=request.received_at)
    listed = request.POST.get("liste", "")
    address = reverse("instruction:batch-results", args=[key])
    return HttpResponseRedirect(f"{address}?{listed}" if listed else address)


@never_cache
@role_required(*STAFF)
@require_safe
def show_results(request: ActorRequest, key: UUID) -> HttpResponse:
    """What became of each dossier of one's own batch."""
    act, found = batch.results(key, request.actor)
    lines = [(number, outcome, _happened(outcome)) for number, outcome in (found or {}).items()]
    context = {
        "title": ACT_WORDS[BatchAct(act)],
        "is_running": found is None,
        "done": [line for line in lines if line[1] in {DONE, PROPOSED}],
        "failed": [line for line in lines if line[1] not in {DONE, PROPOSED}],
        "listed": request.GET.urlencode(),
    }
    status = HTTPStatus.ACCEPTED if found is None else HTTPStatus.OK
    return render(request, "habilitations/instruction/batch_results.html", context, status=status)


FORESEEN: Final = {DONE: _("Sera fait"), PROPOSED: _("Attendra une seconde approbation")}
HAPPENED: Final = {DONE: _("Fait."), PROPOSED: _("Attend une seconde approbation.")}


def _foreseen(found: Foreseen) -> list[str]:
    """What would happen to a dossier, or every reason why nothing would."""
    if found.is_possible:
        return [str(FORESEEN[found.outcome])]
    return list(dict.fromkeys(map(_objection, found.objections)))


def _happened(outcome: str) -> str:
    """What happened to a dossier, or why nothing did."""
    if outcome in HAPPENED:
        return str(HAPPENED[outcome])
    return explain(Objection(Code(outcome))).detail


def _objection(objection: Objection) -> str:
    facts = dict(objection.mapping)
    path, rule = str(facts.pop("field", "")), facts.pop("rule", "")
    if rule:
        finding = str(facts.pop("finding"))
        found = Verdict(Rule(str(rule)), finding, Level.WARNING, path, tuple(facts.items()))
        words = texts.finding_words(found)[0]
    else:
        words = explain(objection).detail
    label = texts.LABELS.get(texts.pattern_of(path))
    return f"{label} : {words}" if label else words
