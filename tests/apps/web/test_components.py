"""The template tags: what they write, for eyes, keyboards and screen readers."""

from datetime import UTC, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from guichet.domain.refusals import Code, Objection
from guichet.web import drawn
from guichet.web.forms import RefusalFormMixin
from guichet.web.icons import OUTLINES


def draw(source: str, **values: object) -> str:
    """What a template writes in French, every run of white space as one space."""
    with translation.override("fr"):
        return " ".join(Template(source).render(Context(values)).split())


class Sample(RefusalFormMixin, forms.Form):
    service = forms.CharField(label="Service", help_text="Il devient le CN.", max_length=64)
    usage = forms.ChoiceField(label="Usage", widget=forms.RadioSelect, choices=[("a", "A")])
    terms = forms.BooleanField(label="J’accepte")
    informed = forms.EmailField(label="À informer", required=False)
    kept = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.mark.parametrize("name", sorted(OUTLINES))
def test_icons_are_decoration_unless_labelled(name: str) -> None:
    assert 'aria-hidden="true"' in draw("{% icon name %}", name=name)
    assert 'role="img" aria-label="À voir"' in draw('{% icon name label="À voir" %}', name=name)


def test_a_button_with_an_address_is_a_link() -> None:
    text = draw('{% button "Aller" href="/x/?a=1" kind="secondary" icon="plus" small=True %}')
    assert text.startswith('<a class="btn btn-secondary btn-sm" href="/x/?a=1"')
    assert text.endswith("<span>Aller</span></a>")


def test_a_button_opens_a_modal_and_submit_sends() -> None:
    opener = draw('{% button "Révoquer" opens="sure" kind="danger" %}')
    assert 'type="button"' in opener
    assert 'data-opens="sure" aria-haspopup="dialog"' in opener
    sender = draw('{% submit "Suivant" name="go" value="next" disabled=True %}')
    assert 'type="submit" name="go" value="next"' in sender
    assert "disabled>" in sender


@pytest.mark.parametrize(
    "source",
    [
        "{% button x %}",
        "{% badge x %}",
        "{% copyable x %}",
        "{% copyable x block=True label=x %}",
        "{% stepper steps 1 %}",
        "{% breadcrumb x x x %}",
        "{% description_list pairs %}",
        "{% alert 'info' x %}{{ x }}{% endalert %}",
        "{% callout x %}{{ x }}{% endcallout %}",
        "{% card x %}{{ x }}{% endcard %}",
        "{% table x %}<tr><td>{{ x }}</td></tr>{% endtable %}",
        "{% modal 'm' x %}{{ x }}{% endmodal %}",
        "{% details x %}{{ x }}{% enddetails %}",
        "{% empty x %}{{ x }}{% endempty %}",
        "{% timeline events %}",
        "{% live x %}",
        "{% tabs tabs 'a' %}",
    ],
)
def test_nothing_typed_becomes_markup(source: str) -> None:
    evil = '"><script>alert(1)</script>'
    text = draw(
        source,
        x=evil,
        steps=[evil, (evil, evil)],
        pairs=[(evil, [evil, evil])],
        events=[{"title": evil, "detail": evil}],
        tabs=[("a", evil, evil)],
    )
    assert "<script>" not in text
    assert "&lt;script&gt;" in text


def test_states_have_words_and_unknown_ones_are_shown_as_they_are() -> None:
    assert draw("{% badge 'AVAILABLE' %}") == '<span class="badge badge-warning">À retirer</span>'
    assert draw("{% badge 'ORG' %}") == '<span class="badge badge-neutral">ORG</span>'
    assert draw("{% badge 'sent' text='Parti' kind='info' %}").endswith(">Parti</span>")


def test_stepper_says_where_one_is() -> None:
    text = draw("{% stepper steps 2 %}", steps=[("Offre", "/1/"), ("Produit", "/2/"), "CSR"])
    assert "Étape 2 sur 3" in text
    assert "Ensuite : CSR" in text  # `draw` folds every space
    assert text.count('aria-current="step"') == 1
    assert '<a href="/1/">Offre</a>' in text
    assert "/2/" not in text


def test_a_field_ties_its_hint_and_its_errors() -> None:
    text = draw("{% field form.service %}", form=Sample({}))
    assert 'for="id_service"' in text
    assert 'id="id_service_helptext"' in text
    assert 'id="id_service_error"' in text
    control = text[text.index("<input") :].partition(">")[0]
    assert 'aria-describedby="id_service_helptext' in control
    assert 'aria-invalid="true"' in control


def test_optional_fields_say_so_and_choices_are_a_fieldset() -> None:
    assert "facultatif" in draw("{% field form.informed %}", form=Sample())
    assert "facultatif" not in draw("{% field form.service %}", form=Sample())
    assert "<legend" in draw("{% field form.usage %}", form=Sample())
    assert draw("{% field form.kept %}", form=Sample()).startswith('<input type="hidden"')


def test_the_error_summary_leads_to_the_fields() -> None:
    assert draw("{% error_summary form %}", form=Sample()) == ""
    text = draw("{% error_summary form %}", form=Sample({}))
    assert 'href="#id_service"' in text
    assert 'role="alert"' in text


def test_objections_are_put_on_the_field_they_are_about() -> None:
    form = Sample({"service": "x", "usage": "a", "terms": "on"})
    form.add_objections(
        [
            Objection(Code.NAME_TOO_LONG, (("field", "service"), ("limit", 64))),
            Objection(Code.RIGHT_MISSING),
            Objection(Code.FIELD_UNEXPECTED, (("field", "nowhere"),)),
        ]
    )
    assert form.errors["service"][0].endswith("(64 caractères). Abrégez-le.")
    assert len(form.non_field_errors()) == 2


def test_a_form_draws_itself_with_our_fields() -> None:
    text = draw("{{ form }}", form=Sample({}))
    assert text.count('class="field-errors"') == 3
    assert text == draw("{% fields form %}", form=Sample({}))


def test_pagination_keeps_the_query_and_disappears_when_useless() -> None:
    request = RequestFactory().get("/x/?q=a%26b&page=2")
    page = Paginator(range(90), 10).get_page(2)
    text = draw("{% pagination page %}", page=page, request=request)
    assert 'href="?q=a%26b&amp;page=3" rel="next"' in text
    assert "11 à 20 sur 90" in text
    assert text.count('aria-current="page"') == 1
    assert draw("{% pagination page %}", page=Paginator(range(5), 10).get_page(1)) == ""


def test_a_table_scrolls_inside_itself_and_has_a_name() -> None:
    text = draw('{% table "Vos demandes" %}<thead></thead>{% endtable %}')
    assert 'role="region" aria-labelledby="table-vos-demandes" tabindex="0"' in text
    assert '<caption id="table-vos-demandes" class="visually-hidden">Vos demandes' in text


def test_a_table_that_stacks_labels_its_cells_and_says_its_roles() -> None:
    word = '<i>&amp; an</i><span class="term-card" popover><a href="#a">Révolu</a></span>'
    head = f"<thead><tr><th scope=col>Nom</th><th scope=col>Âge\n{word}</th></tr></thead>"
    body = "<tbody>{% for x in 'ab' %}<tr><th scope=row>{{ x }}</th><td>1</td></tr>{% endfor %}"
    text = draw('{% table "T" stacks=True %}' + head + body + "</tbody>{% endtable %}")
    assert '<table class="table table-stacks" role="table">' in text
    assert text.count('role="columnheader"') == 2
    assert text.count('<tr role="row"><th scope=row role="rowheader">') == 2
    assert text.count('<td role="cell" data-label="Âge &amp; an">1</td>') == 2


def test_a_cell_with_nothing_in_it_is_marked_for_the_cards() -> None:
    """Stylesheets leave out a cell that has the mark alone, with its label; scripts fill theirs."""
    head = "<thead><tr><th>A</th><th>B</th><th>C</th><th>D</th><th>E</th></tr></thead>"
    cells = "<th></th><td>\n {% if not x %}y{% endif %} </td><td>—</td>"
    cells += '<td data-part="k"></td><td>– 1</td>'
    text = draw('{% table "T" stacks=True %}' + f"{head}<tr>{cells}</tr>" + "{% endtable %}", x=1)
    none = '<span class="none">—</span>'
    assert f'<td role="cell" data-label="B">{none}</td>' in text
    assert f'<td role="cell" data-label="C">{none}</td>' in text
    assert '<td data-part="k" role="cell" data-label="D"></td>' in text
    assert '<td role="cell" data-label="E">– 1</td>' in text
    assert '<th role="rowheader"></th>' in text


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("sophie.d@chu.hopital.fr", "sophie.<wbr>d@<wbr>chu.<wbr>hopital.<wbr>fr"),
        ("<i>&'@a.fr", "&lt;i&gt;&amp;&#x27;@<wbr>a.<wbr>fr"),
        ("...@@ ", "...@@ "),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_may_be_cut_at_its_joints(address: str | None, shown: str) -> None:
    """What is typed never becomes markup, and a template escapes nothing twice."""
    assert Template("{{ a|breakable }}").render(Context({"a": address})) == shown


def test_a_fold_has_a_heading_where_it_is_a_part_of_the_page() -> None:
    """Of the level asked for; a choice that opens has none. Nothing typed becomes markup."""
    fold = "{% details t opened=x level=n %}corps{% enddetails %}"
    head = '<summary class="fold-title">'
    with_heading = draw(fold, t="Titre <b>", x=True, n=3)
    assert f'{head}<h3 class="fold-heading">Titre &lt;b&gt;</h3></summary>' in with_heading
    assert with_heading.startswith('<details class="fold" open>')
    assert f"{head}Titre &lt;b&gt;</summary>" in draw(fold, t="Titre <b>", x=False, n=0)


def test_a_modal_is_a_dialog_with_a_name_and_a_way_out() -> None:
    text = draw('{% modal "sure" "Certain" %}corps{% endmodal %}')
    assert '<dialog class="dialog" id="sure" aria-labelledby="sure-title">' in text
    assert "data-closes" in text
    assert 'aria-label="Fermer"' in text


def test_moments_are_in_the_site_time_and_absence_is_a_dash() -> None:
    at = datetime(2026, 11, 24, 9, 5, 30, tzinfo=UTC)
    assert draw("{% moment at %}", at=at).endswith(">24 novembre 2026 à 10 h 05</time>")
    assert "10 h 05 min 30" in draw("{% moment at 'second' %}", at=at)
    assert draw("{% moment at 'day' %}", at=at).endswith(">24 novembre 2026</time>")
    assert 'datetime="2026-11-24T09:05:30' in draw("{% moment at %}", at=at)
    assert draw("{% moment at %}", at=None) == '<span class="none">—</span>'
    first = datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert draw("{% moment at %}", at=first).endswith(">1er décembre 2026 à 10 h 00</time>")
    with translation.override("en"):
        assert drawn.moment(first, "day").endswith(">1 December 2026</time>")
        assert drawn.moment(first, "long").endswith(">1 December 2026, 10:00</time>")


def test_descriptions_show_lists_by_line_and_absence_by_a_dash() -> None:
    text = draw("{% description_list pairs %}", pairs={"A": ["x", "y"], "B": None, "C": []})
    assert text.count("<dd>") == 4
    assert text.count("—") == 2
