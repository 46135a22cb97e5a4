"""Themes: names translated, what is served of a package, settings that make one."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Origin, engines
from django.template.loader import get_template
from lxml import html

from apps.web.state_dress import MARK, worn  # noqa: F401 the fixture
from guichet.conf import dressing
from guichet.conf.dressing import DSFR, NEUTRAL, Dressing
from guichet.conf.environment import Environment
from guichet.conf.readers import ConfigurationError
from guichet.processes.serve import serve
from guichet.processes.setup import bring_up_to_date
from guichet.web import themes
from guichet.web.themes import files, loading
from guichet.web.themes.classes import dressed
from kit import guides

LINK = re.compile(r'href="([^"]+)"')
CHOICES = [("a", "Un <b>"), ("Autres", [("b", "Deux"), ("c", "Trois")])]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ('<a class="btn btn-secondary" href="/">', '<a class="fr-btn fr-btn--secondary" href="/">'),
        (
            """<b class="btn {% if a == "x" %}btn-sm{% else %}btn-primary{% endif %}">""",
            """<b class="fr-btn {% if a == "x" %}fr-btn--sm{% else %}{% endif %}">""",
        ),
        ('<p class="btn-{{ kind }} lead">', '<p class="btn-{{ kind }} lead fr-text--lead">'),
        ('<p title="btn" data-class="btn">btn</p>', '<p title="btn" data-class="btn">btn</p>'),
        (
            '<html data-bs-theme="{{ t }}">',
            '<html data-bs-theme="{{ t }}" data-fr-theme="{{ t }}">',
        ),
    ],
)
def test_names_are_translated_in_class_attributes_alone(ours: str, theirs: str) -> None:
    assert dressed(ours) == theirs


class Sample(forms.Form):
    """One question of each kind that has a few answers."""

    one = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect)
    some = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple)


@pytest.mark.parametrize(
    ("name", "group"),
    [("one", "fr-radio-group fr-radio-rich"), ("some", "fr-checkbox-group")],
)
def test_choices_are_a_control_then_its_label(worn: None, name: str, group: str) -> None:  # noqa: F811
    """As the design system's sheet asks for: each label names its own control, text is text."""
    drawn = html.fromstring(str(Sample(initial={"one": "b", "some": ["b"]})[name]))
    controls = drawn.xpath("//input")
    labels = [control.getnext() for control in controls]
    assert [control.get("value") for control in controls] == ["a", "b", "c"]
    assert [control.get("checked") is not None for control in controls] == [False, True, False]
    assert [label.get("for") for label in labels] == [control.get("id") for control in controls]
    assert len({label.get("for") for label in labels}) == len(controls)
    assert [label.text for label in labels] == ["Un <b>", "Deux", "Trois"]
    assert {control.getparent().get("class") for control in controls} == {group}
    assert drawn.xpath("//p/text()") == ["Autres"]


@pytest.mark.parametrize("auto_id", ["id_%s", False])
@pytest.mark.parametrize("theme", [NEUTRAL, DSFR])
def test_each_choice_has_its_name_and_its_group(
    theme: str, auto_id: str | bool, request: pytest.FixtureRequest
) -> None:
    """Read aloud: each label names one control, and a group has its own name.

    Where a form gives no identifiers, titles of groups still need some.
    """
    if theme == DSFR:
        request.getfixturevalue("worn")
    sample = Sample(auto_id=auto_id)
    drawn = html.fromstring(f"<form>{sample['one']}{sample['some']}</form>")
    identifiers = drawn.xpath("//@id")
    assert len(set(identifiers)) == len(identifiers)
    labels = drawn.xpath("//label")
    either = ".//input | //input[@id=$id]"
    named = [label.xpath(either, id=label.get("for", "")) for label in labels]
    assert named == [[control] for control in drawn.xpath("//input")]
    assert {label.text_content().strip() for label in labels} == {"Un <b>", "Deux", "Trois"}
    groups = drawn.xpath("//*[@role='group']")
    assert [len(group.xpath(".//input")) for group in groups] == [2, 2]
    for group in groups:
        (title,) = drawn.xpath("//*[@id=$id]", id=group.get("aria-labelledby"))
        assert title.text == "Autres"


def test_choices_are_django_s_in_the_neutral_theme() -> None:
    """A control inside its label."""
    drawn = html.fromstring(str(Sample()["one"]))
    assert len(drawn.xpath("//label/input")) == 3


def test_mails_are_left_as_they_are(worn: None, tmp_path: Path) -> None:  # noqa: F811
    """They have no classes, and may quote some; pages have those of the theme."""
    loader = loading.Loader(engines["django"].engine)  # type: ignore[attr-defined]
    for name in ("a.txt", "a.html"):
        (tmp_path / name).write_text('class="btn"')
    read = [loader.get_contents(Origin(str(tmp_path / name))) for name in ("a.txt", "a.html")]
    assert read == ['class="btn"', 'class="fr-btn"']
    found = get_template("web/components/alert.html").origin.name
    assert loading.FOLDER in Path(str(found)).parents


def test_only_what_the_style_sheet_names_is_served() -> None:
    """No script of theirs, the fonts, and nothing that is not there."""
    finder = files.Finder()
    served = {path for path, _storage in finder.list(None)}
    assert all((finder.root / path).is_file() for path in served)
    assert {files.SHEET, "dsfr/dist/fonts/Marianne-Regular.woff2"} <= served
    assert not [path for path in served if path.endswith(".js")]
    assert len(served) < 150
    assert finder.find("dsfr/dist/dsfr.module.min.js") == []
    assert finder.check() == []


def test_the_guide_is_read_as_it_is_written(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Its settings make the theme; without the package, what draws pages says what to install."""
    [block] = guides.Guide(guides.HOW_TO / "theme-dsfr.md").blocks()
    values = dict(line.split("=", 1) for line in block.text.splitlines())
    assert Environment.read(values).dressing == Dressing(DSFR, MARK)
    assert Environment.read({}).dressing == Dressing(NEUTRAL)
    Environment.read(values).dressing.require_files()
    monkeypatch.setattr(dressing, "find_spec", lambda _name: None)
    Environment.read({}).dressing.require_files()
    settings.GUICHET = Environment.read(values)
    for draws in (lambda: serve("bench"), bring_up_to_date):
        with pytest.raises(ConfigurationError, match=r"requirements/dsfr.txt"):
            draws()


def test_both_footers_lead_to_our_pages() -> None:
    """The State's adds those of its own sites."""
    package = Path(themes.__file__).parent
    ours = LINK.findall((package.parent / "templates/web/parts/footer.html").read_text())
    theirs = LINK.findall((package / "dsfr/web/parts/footer.html").read_text())
    assert "{{ site.base }}/aide/api/" in ours
    assert set(ours) <= set(theirs)
