"""Verifying an evidence file: for anybody, without a login, wholly in the browser."""

from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from guichet.journal import log
from guichet.journal.tiles import reader
from guichet.orders.verifier_words import FINDINGS, NAMES, STEPS


@require_safe
def show_verifier(request: HttpRequest) -> HttpResponse:
    """The page: it holds the words, its script the checks; no file is sent anywhere."""
    says = chain.from_iterable(
        ((f"{kind}.{code}", words) for code, words in table.items())
        for kind, table in (("finding", FINDINGS), ("step", STEPS), ("name", NAMES))
    )
    vkey = reader(log.published())(log.VKEY)
    context = {"says": tuple(says), "vkey": vkey.decode().strip() if vkey else ""}
    return render(request, "orders/verifier.html", context)
