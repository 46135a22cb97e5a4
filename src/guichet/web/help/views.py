"""/aide/: topics, search, one address for each answer, and the glossary."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from guichet.web.help import answers, glossary
from guichet.web.help.laying_out import laid_out, plain
from guichet.web.help.searching import search

TYPED_AT_MOST = 100


@require_safe
def show_help(request: HttpRequest) -> HttpResponse:
    """Every topic with its questions, or the answers that hold what was typed."""
    typed = " ".join(request.GET.get("q", "")[:TYPED_AT_MOST].split())
    context = {
        "typed": typed,
        "found": [_line(answer) for answer in search(typed, _language())],
        "topics": [
            {"topic": topic, "lines": [_line(answer) for answer in topic.answers]}
            for topic in answers.topics()
        ],
    }
    return render(request, "web/help.html", context)


@require_safe
def show_answer(request: HttpRequest, slug: str) -> HttpResponse:
    """One answer, with those beside it. 404 for none."""
    answer = answers.by_slug().get(slug)
    if answer is None:
        raise Http404
    topic = next(topic for topic in answers.topics() if topic.slug == answer.topic)
    said = answer.said(_language())
    context = {
        "question": said.question,
        "answer": laid_out(said.text, _base(request)),
        "related": [_line(one) for one in answers.related(answer)],
        "topic": topic,
        "topic_url": f"{reverse('help')}#{topic.slug}",
        "guide": answer.guide,
        "guide_url": _guide_url(answer.guide),
    }
    return render(request, "web/help_answer.html", context)


@require_safe
def show_glossary(request: HttpRequest) -> HttpResponse:
    """Every word of the glossary, each at its anchor."""
    words = glossary.definitions(_language()).values()
    return render(request, "web/help_glossary.html", {"words": words})


def _language() -> str:
    return (get_language() or "fr")[:2]


def _base(request: HttpRequest) -> str:
    is_portal = request.META.get("guichet.listener", "portal") == "portal"
    return "" if is_portal else settings.GUICHET.portal_url


def _line(answer: answers.Answer) -> dict[str, str]:
    said = answer.said(_language())
    first = plain(said.text.split("\n\n", 1)[0])
    return {"slug": answer.slug, "question": said.question, "first": first}


def _guide_url(guide: str) -> str:
    """The page of the documentation in the reader's language; "" where none is published."""
    base = settings.GUICHET.documentation_url
    return f"{base}/{_language()}/{guide}.html" if guide and base else ""
