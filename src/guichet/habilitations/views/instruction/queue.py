"""The list of dossiers: tabs, filters, views kept under a name."""

from collections.abc import Mapping

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from guichet.habilitations.instruction_forms import SavedViewForm
from guichet.habilitations.models import SavedView
from guichet.habilitations.operations import desk
from guichet.habilitations.queries import queue as queries
from guichet.habilitations.queries.instruction import Tab
from guichet.habilitations.stewardship import READERS, STAFF
from guichet.habilitations.texts.instruction import TABS
from guichet.habilitations.views.instruction.batch import ACT_WORDS
from guichet.habilitations.views.instruction.filtering import COLUMNS, QueueForm
from guichet.identities.access import ActorRequest, own_preference, role_required
from guichet.identities.staff import staff

ALL_TICKED = "tout"


@never_cache
@role_required(*READERS)
@require_safe
def show_queue(request: ActorRequest) -> HttpResponse:
    """The dossiers of one tab, narrowed and sorted as the address says."""
    who = request.actor
    if not request.GET:
        return HttpResponseRedirect(f"{reverse('instruction:queue')}?onglet={Tab.TO_FOLLOW.value}")
    departments = queries.departments(who)
    form = QueueForm(request.GET, departments=departments, staff=staff(*STAFF))
    context = {
        "form": form,
        "page": queries.queue(form.filters(), who),
        "tabs": _tabs(form, queries.counts(who)),
        "tab": form.tab.value,
        "columns": [(key, words) for key, words in COLUMNS if key in form.columns],
        "listed": form.query(),
        "views": SavedView.objects.filter(account_id=who.account_id).order_by("name"),
        "view_form": SavedViewForm(initial={"query": form.query()}),
        "may_instruct": who.is_a(*STAFF),
        "batch_acts": [(act.value, words) for act, words in ACT_WORDS.items()],
        "all_ticked": ALL_TICKED in request.GET,
    }
    return render(request, "habilitations/instruction/queue.html", context)


@own_preference
@role_required(*READERS)
@require_POST
def save_view(request: ActorRequest) -> HttpResponse:
    """Keep the list under a name; the same name again keeps the new list."""
    form = SavedViewForm(request.POST)
    query = str(request.POST.get("query", ""))
    if form.is_valid():
        desk.save_view(name=form.cleaned_data["name"], query=query, by=request.actor)
    return HttpResponseRedirect(f"{reverse('instruction:queue')}?{query}")


@own_preference
@role_required(*READERS)
@require_POST
def forget_view(request: ActorRequest, key: int) -> HttpResponse:
    """Forget a list of one's own."""
    desk.forget_view(key=key, by=request.actor)
    return HttpResponseRedirect(f"{reverse('instruction:queue')}?onglet={Tab.ALL.value}")


def _tabs(form: QueueForm, counted: Mapping[Tab, int]) -> list[tuple[str, str, str]]:
    query = form.query("onglet")
    found = []
    for tab in Tab:
        href = f"{reverse('instruction:queue')}?onglet={tab.value}"
        label = f"{TABS[tab]} ({counted[tab]})"
        found.append((tab.value, label, f"{href}&{query}" if query else href))
    return found
