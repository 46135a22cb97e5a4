"""/aide/api/: the reference of the API, for people."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.automation.policy import policy
from guichet.automation.reference import reading


@require_safe
def show_reference(request: HttpRequest) -> HttpResponse:
    """Every operation, its parameters, answers and codes, from the description that is served."""
    context = {
        "resources": reading.resources(),
        "shapes": reading.shapes(),
        "common_codes": reading.common_codes(),
        "policy": policy(),
        "card_url": settings.GUICHET.card_url,
        "portal_url": settings.GUICHET.portal_url,
    }
    return render(request, "automation/api_reference.html", context)
