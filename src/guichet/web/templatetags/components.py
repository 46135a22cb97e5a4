"""The design system's template tags (built in: no {% load %}).

Tags that stand alone::

    {% icon "download" %}                              {% icon "info" label="À savoir" %}
    {% button "Texte" href="/…" kind="primary" icon="plus" %}
    {% button "Révoquer" opens="confirm" kind="danger" %}   opens the modal of that id
    {% submit "Suivant" kind="primary" icon="arrow-right" name="go" value="next" %}
    {% badge order.state %}                            {% badge "ORG" kind="neutral" %}
    {% stepper labels 2 %}                             labels: texts or (text, address) pairs
    {% tabs items "park" %}                            items: (key, text, address)
    {% breadcrumb "Produits" "/produits/" "Suivre" %}  text-address pairs, then where we are
    {% description_list pairs %}                       pairs: (term, value); a list makes lines
    {% copyable serial %}                              {% copyable pem block=True label="CSR" %}
    {% timeline events %}                              events: at, title, detail, kind
    {% moment instant %}                               a <time>, in Paris time
    {% pagination page %}                              a Django Page; keeps the query string
    {% field form.name %}                              label, hint, control, errors
    {% error_summary form %}                           links to the fields to mend
    {% fields form %}                                  error summary and every field
    {% choice_card name value "Texte" chosen=value %}  one of the answers to a question
    {% live address %}                                 reloads when {"state": …} changes there

Filters::

    {{ person.email|breakable }}                       an address that may be cut after "@" and "."

Tags with a body::

    {% alert "warning" "Titre" %}…{% endalert %}       kinds: info, success, warning, danger
    {% callout "Titre" icon="key" %}…{% endcallout %}
    {% card "Titre" %}…{% endcard %}
    {% tile "Titre" icon="plus" href="/…" %}…{% endtile %}  in a <ul class="tiles">
    {% table "Vos demandes" %}<thead>…{% endtable %}   scrolls inside itself, or stacks=True
    {% modal "confirm" "Titre" %}…{% endmodal %}
    {% details "Résumé" level=3 %}…{% enddetails %}    without a level no heading
    {% empty "Aucune demande" %}…{% endempty %}
    {% actions %}…{% endactions %}                     a row of buttons
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

from guichet.web import drawn
from guichet.web.assets import asset as asset_address
from guichet.web.icons import icon as draw_icon
from guichet.web.states import KINDS, shown
from guichet.web.tables import stacked

register = template.Library()
FOLDER: Final = "web/components"


@cache
def _template(name: str) -> Any:
    """A component's template, looked up once."""
    return get_template(f"{FOLDER}/{name}.html")


def _draw(name: str, /, **values: Any) -> SafeString:
    return SafeString(_template(name).render(values))


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, with the hash of its contents when there is one."""
    return asset_address(path)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of web.icons; decoration unless it has a label."""
    return draw_icon(name, label)


@register.simple_tag
def button(text: str, **options: Any) -> SafeString:
    """A link (with `href`) or a button. Kinds: primary, secondary, quiet, danger, nav.

    Options: href, kind, icon, icon_after, opens (id of a modal), closes (in a modal), download,
    type, name, value, form, label (read aloud instead of the text), small, disabled.
    """
    return drawn.button(text, {"kind": "primary", "type": "button", **options})


@register.simple_tag
def submit(text: str, **options: Any) -> SafeString:
    """The button that sends its form; disabled by script once the form is on its way."""
    return drawn.button(text, {"kind": "primary", "type": "submit", **options})


@register.simple_tag
def badge(state: object, text: str = "", kind: str = "") -> SafeString:
    """A state in its words and colour; a text that is no known state is shown as it is."""
    known = shown(state)
    label = text or getattr(state, "label", "") or (known.label if known else state)
    chosen = kind or (known.kind if known else "neutral")
    return drawn.badge(label, chosen if chosen in KINDS else "neutral")


@register.simple_tag
def stepper(steps: Iterable[Any], current: int | str) -> SafeString:
    """Where one is in a procedure; `current` counts from 1. Past steps may be links."""
    here = int(current)
    items = []
    for number, step in enumerate(steps, 1):
        label, href = step if isinstance(step, tuple | list) else (step, None)
        place = "done" if number < here else "current" if number == here else "ahead"
        items.append({"number": number, "label": label, "href": href, "place": place})
    following = items[here]["label"] if here < len(items) else ""
    return _draw("stepper", items=items, current=items[here - 1], following=following)


@register.simple_tag
def tabs(items: Iterable[tuple[str, str, str]], current: str, label: str = "") -> SafeString:
    """Links between views of one page."""
    entries = [{"text": text, "href": href, "current": key == current} for key, text, href in items]
    return _draw("tabs", items=entries, label=label)


@register.simple_tag
def breadcrumb(*parts: Any) -> SafeString:
    """Alternating texts and addresses from the home page down, then the present page's name."""
    links = list(zip(parts[:-1:2], parts[1:-1:2], strict=False))
    return _draw("breadcrumb", links=links, here=parts[-1])


@register.simple_tag
def description_list(pairs: Iterable[tuple[Any, Any]] | Mapping[Any, Any]) -> SafeString:
    """Terms and their values; empty values are shown by a dash, lists one value a line."""
    couples = pairs.items() if isinstance(pairs, Mapping) else pairs
    rows = [
        {"term": term, "values": list(value) if isinstance(value, list | tuple) else [value]}
        for term, value in couples
    ]
    return _draw("description_list", rows=rows)


@register.simple_tag
def copyable(text: object, label: str = "", *, block: bool = False) -> SafeString:
    """A value one may copy with a button; `block` for several lines, in a scrolling frame."""
    return _draw("copyable", text=str(text), label=label, block=block)


@register.simple_tag
def timeline(events: Iterable[Any]) -> SafeString:
    """What happened, in order; each event has at, title and perhaps detail, kind, current."""
    return _draw("timeline", events=list(events))


@register.simple_tag
def moment(at: datetime | None, form: str = "long") -> SafeString:
    """An instant in the site's time zone; forms: long (to the minute), day, second."""
    return drawn.moment(at, form)


register.filter("moment_words", drawn.moment_words)


@register.filter
def breakable(address: object) -> SafeString:
    """An e-mail address that a narrow cell cuts after "@" and "."; nothing where there is none."""
    return drawn.breakable(address) if address else SafeString("")


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: Page[Any], param: str = "page") -> SafeString:
    """Links between pages of a list, nothing when there is only one."""
    query = context["request"].GET.copy() if "request" in context else None
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [{"number": n, "href": _page_query(query, param, n)} for n in numbers]
    return _draw(
        "pagination",
        page=page,
        links=links,
        previous=page.has_previous() and _page_query(query, param, page.number - 1),
        following=page.has_next() and _page_query(query, param, page.number + 1),
    )


def _page_query(query: Any, param: str, number: int | str) -> str:
    if not isinstance(number, int):
        return ""
    if query is None:
        return f"?{param}={number}"
    query[param] = number
    return f"?{query.urlencode()}"


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """Label, hint, control and errors of a form's field. Options: label, hint, prefix, suffix.

    `entitled`: the title of its card says its legend, which only screen readers then repeat.
    """
    return _draw("field", field=bound, **options)


@register.simple_tag
def choice_card(name: str, value: str, text: str, chosen: str = "") -> SafeString:
    """One answer to a question of few, as a card; checked when it is the one `chosen`."""
    values = {"name": name, "value": value, "text": text, "is_chosen": value == chosen}
    return _draw("choice_card", **values)


@register.simple_tag
def error_summary(form: BaseForm) -> SafeString:
    """What is to be mended, each line leading to its field; nothing when all is well."""
    return _draw("error_summary", form=form) if form.errors else SafeString("")


@register.simple_tag
def fields(form: BaseForm) -> SafeString:
    """The error summary and every field of a form."""
    return _draw("fields", form=form)


@register.simple_tag
def live(address: str, state: str = "", seconds: int = 2) -> SafeString:
    """Asks `address` for {"state": …} and reloads the page when it is no longer `state`."""
    return _draw("live", address=address, state=state, seconds=seconds)


@register.simple_block_tag
def alert(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A message about what happened or what to mind."""
    return _draw("alert", content=content, kind=kind, title=title)


@register.simple_block_tag
def callout(content: str, title: str = "", icon: str = "info") -> SafeString:
    """A piece of advice beside the matter."""
    return _draw("callout", content=content, title=title, icon=icon)


@register.simple_block_tag
def card(content: str, title: str = "", **options: Any) -> SafeString:
    """A framed part of a page. Options: icon, level (of its heading, 2), id, href."""
    return _draw("card", content=content, title=title, **{"level": 2, **options})


@register.simple_block_tag
def tile(content: str, title: str, icon: str, href: str = "") -> SafeString:
    """A title, perhaps a link, and what is behind it in a few words: an item of a list."""
    return _draw("tile", content=content, title=title, icon=icon, href=href)


@register.simple_block_tag
def table(content: str, caption: str = "", **options: Any) -> SafeString:
    """A table that scrolls inside itself; its caption names it. Options: visible, id, stacks.

    `stacks`: on a narrow screen each row is a card, its cells one under the other.
    """
    identifier = options.get("id") or f"table-{slugify(caption) or 'data'}"
    stacks = options.get("stacks", False)
    return _draw(
        "table",
        content=mark_safe(stacked(content)) if stacks else content,  # noqa: S308 a template's own
        caption=caption,
        identifier=identifier,
        visible=options.get("visible", False),
        stacks=stacks,
    )


@register.simple_block_tag
def modal(content: str, identifier: str, title: str) -> SafeString:
    """A dialog opened by {% button opens=identifier %} and closed by Escape or its cross."""
    return _draw("modal", content=content, identifier=identifier, title=title)


@register.simple_block_tag
def details(content: str, summary: str, *, level: int = 0, opened: bool = False) -> SafeString:
    """A part that folds. `level`: of its heading, one below that of the part it stands in.

    Without it its title is no heading: a choice to make, or a line of a list.
    """
    return _draw("details", content=content, summary=summary, level=level, opened=opened)


@register.simple_block_tag
def empty(content: str, title: str, icon: str = "inbox") -> SafeString:
    """What is shown where a list has nothing, with what to do next in its body."""
    return _draw("empty", content=content, title=title, icon=icon)


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """A row of buttons that becomes a column on a phone."""
    return _draw("actions", content=content)
