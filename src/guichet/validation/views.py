"""The public status of the validation service: a page, and the same as JSON."""

from datetime import datetime
from typing import Any, Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.domain.freshness import Delays, Reading, is_stale_by
from guichet.validation import queries, status
from guichet.validation.queries import RaisedAlarm, Snapshot

KEY: Final = "validation:snapshot"
KEPT_S: Final = 5
CACHED_S: Final = 10


@require_safe
def show_status(request: HttpRequest) -> HttpResponse:
    """In words first, then every authority, delays, alarms, history."""
    found = _snapshot(request.received_at)  # type: ignore[attr-defined]
    return render(request, "validation/status.html", status.context(found))


@require_safe
def status_json(request: HttpRequest) -> JsonResponse:
    """The same for programs; may be kept for ten seconds (docs/reference/etat.md)."""
    found = _snapshot(request.received_at)  # type: ignore[attr-defined]
    response = JsonResponse(
        {
            "at": found.at,
            "verdict": found.verdict.value,
            "points": [_point(reading, found.at) for reading in found.readings],
            "visibility": {"ocsp": _delays(found.answers), "list": _delays(found.lists)},
            "alarms": [_alarm(alarm) for alarm in found.alarms],
        }
    )
    response["Cache-Control"] = f"public, max-age={CACHED_S}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _snapshot(at: datetime) -> Snapshot:
    """Counted at most once in a few seconds, however many people read it."""
    kept: Snapshot | None = cache.get(KEY)
    if kept is not None and kept.at <= at:
        return kept
    found = queries.snapshot(at)
    cache.set(KEY, found, KEPT_S)
    return found


def _point(reading: Reading, at: datetime) -> dict[str, Any]:
    content = reading.content
    return {
        "point": reading.point.name,
        "kind": reading.point.kind.value,
        "authority": reading.point.authority or None,
        "fresh": not is_stale_by(reading, at),
        "problem": reading.problem.value if reading.problem else None,
        "this_update": content.this_update,
        "next_update": content.next_update,
        "age_seconds": round((at - content.this_update).total_seconds())
        if content.this_update
        else None,
        "number": content.number,
        "size": reading.size,
        "tested_at": reading.at,
        "fetch_ms": reading.fetch_ms,
    }


def _delays(found: Delays | None) -> dict[str, int] | None:
    if found is None:
        return None
    return {
        "measured": found.count,
        "last_ms": found.last,
        "median_ms": found.median,
        "worst_ms": found.worst,
    }


def _alarm(alarm: RaisedAlarm) -> dict[str, Any]:
    return {
        "rule": alarm.rule.value,
        "subject": alarm.subject,
        "facts": dict(alarm.facts),
        "raised_at": alarm.raised_at,
        "cleared_at": alarm.cleared_at,
    }
