"""Profiles: read, compared, and tried on an order that nobody places."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from guichet.authority import simulating
from guichet.authority.simulating import Specimen
from guichet.backoffice.profile_words import SUBJECTS, fields, line_words, value_words
from guichet.backoffice.simulation_forms import BROUGHT, SimulationForm
from guichet.domain.catalogue import profile_versions, profiles
from guichet.domain.catalogue.profile_versions import Version
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import csr_policy
from guichet.domain.duties import Duty
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.habilitations import queries as habilitations
from guichet.habilitations.structures import StructureFacts
from guichet.identities.access import ActorRequest, duty_required
from guichet.orders.subjects import subject_of
from guichet.web.forms import posted, status_of


@duty_required(Duty.SEE_STATE)
@require_safe
def list_profiles(request: ActorRequest) -> HttpResponse:
    """Every profile in force, with its last version."""
    rows = [
        (name, profile, SUBJECTS[profile.subject_kind], _versions(name)[-1:])
        for name, profile in _in_force()
    ]
    return render(request, "backoffice/profiles/list.html", {"rows": rows})


@duty_required(Duty.SEE_STATE)
@require_safe
def show_profile(request: ActorRequest, name: str) -> HttpResponse:
    """Everything that a profile says, and its versions."""
    profile = _profile(name)
    versions = _versions(name)
    said = sorted((line_words(n), value_words(n, v)) for n, v in versions[-1].lines.items())
    context = {
        "name": name,
        "profile": profile,
        "said": said,
        "versions": versions,
        "simulates": profile.orderable,
    }
    return render(request, "backoffice/profiles/profile.html", context)


@duty_required(Duty.SEE_STATE)
@require_safe
def compare(request: ActorRequest) -> HttpResponse:
    """What differs between two profiles, or two versions of one."""
    sides = [_side(request.GET.get(name, "")) for name in ("a", "b")]
    choices = [
        (f"{version.name}:{version.number}", version)
        for versions in profile_versions.every().values()
        for version in versions
    ]
    before, after = sides
    context: dict[str, Any] = {
        "choices": sorted(choices, key=lambda choice: (choice[1].code, choice[1].number)),
        "before": before,
        "after": after,
        "changes": None,
    }
    if before is not None and after is not None:
        context["changes"] = [
            (
                line_words(one.line),
                value_words(one.line, one.before),
                value_words(one.line, one.after),
            )
            for one in profile_versions.changes(before.lines, after.lines)
        ]
    return render(request, "backoffice/profiles/compare.html", context)


@never_cache
@duty_required(Duty.SEE_STATE)
@require_http_methods(["GET", "HEAD", "POST"])
def simulate(request: ActorRequest, name: str) -> HttpResponse:
    """The certificate that an order would give, as text; nothing is stored."""
    profile = _profile(name)
    if not profile.orderable:
        raise Refusal(Code.SHEET_UNKNOWN)
    form = SimulationForm(posted(request), profile=profile)
    found = _specimen(form, profile, request) if form.is_valid() else None
    context = {
        "name": name,
        "profile": profile,
        "form": form,
        "specimen": found,
        "fields": tuple(fields(found.description, profile)) if found else (),
    }
    status = status_of(form)
    return render(request, "backoffice/profiles/simulate.html", context, status=status)


def _specimen(form: SimulationForm, profile: Profile, request: ActorRequest) -> Specimen | None:
    """The specimen; None with the objections on the form."""
    try:
        order = form.order()
        subject = subject_of(order, profile, _structure(form, str(order.structure_id)))
        chosen = form.cleaned_data["key"]
        brought = form.cleaned_data["csr"].encode()
        data = brought if chosen == BROUGHT else simulating.request_for(chosen)
        csr = csr_policy.read(data) if chosen == BROUGHT else csr_policy.read_again(data)
        return simulating.specimen(profile, subject, csr, request.received_at)
    except Refusal as refusal:
        form.add_objections(_placed(refusal))
        return None


def _placed(refusal: Refusal) -> tuple[Objection, ...]:
    """Objections to a request go on its field."""
    return tuple(
        one
        if "field" in one.mapping or not one.code.value.startswith(("csr-", "key-"))
        else Objection(one.code, (("field", "csr"), *one.facts))
        for one in refusal.all
    )


def _structure(form: SimulationForm, national_id: str) -> StructureFacts:
    """The register's structure, else the typed one. Raises Refusal(STRUCTURE_UNKNOWN)."""
    known = habilitations.structures([national_id]).get(national_id)
    found = form.typed_structure(national_id) or known
    if found is None:
        raise Refusal(Code.STRUCTURE_UNKNOWN, field="structure_id", structure=national_id)
    return found


def _in_force() -> list[tuple[str, Profile]]:
    codes = {str(table["code"]): name for name, table in profiles.tables().items()}
    return [(codes[profile.code], profile) for profile in profiles.every()]


def _profile(name: str) -> Profile:
    """A profile in force by the name of its file. Raises Refusal(SHEET_UNKNOWN)."""
    found = dict(_in_force()).get(name)
    if found is None:
        raise Refusal(Code.SHEET_UNKNOWN)
    return found


def _versions(name: str) -> tuple[Version, ...]:
    return profile_versions.every().get(name, ())


def _side(text: str) -> Version | None:
    name, _colon, number = text.partition(":")
    return next((v for v in _versions(name) if str(v.number) == number), None)
