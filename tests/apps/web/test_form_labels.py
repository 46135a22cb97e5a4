"""What a form finds wrong is told by the name that people see of a field, never by its keyword."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django import forms

from apps.web.state_dress import worn  # noqa: F401 the fixture
from apps.web.test_components import Sample, draw
from guichet.web import forms as web_forms

PACKAGE = Path(web_forms.__file__).parents[1]
SOURCES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): ast.parse(text)
    for path in sorted(PACKAGE.rglob("*.py"))
    if re.search(r"^class \w+\(.*Form(Mixin)?\b", text := path.read_text(), re.MULTILINE)
}
# No page shows what is wrong of these: it is refused, in the words of a refusal.
REFUSED = {("PieceForm", "kind"), ("PieceForm", "upload"), ("BatchForm", "acte")}


def classes(module: str) -> Iterator[Any]:
    for found in vars(import_module(module)).values():
        if isinstance(found, type) and issubclass(found, forms.BaseForm):
            yield found


@pytest.mark.parametrize("module", SOURCES)
def test_every_field_that_people_see_has_a_label(module: str) -> None:
    """Django would make one of the keyword, which is of the code; what is hidden is not asked."""
    unnamed = {
        (form.__name__, name)
        for form in classes(module)
        for name, field in getattr(form, "base_fields", {}).items()
        if (field.required if field.widget.is_hidden else not field.label)
    }
    assert unnamed <= REFUSED


def test_so_has_every_field_added_later() -> None:
    """`self.fields[name] = forms.CharField(label=…)`."""
    added = [
        (module, node.lineno, node.value)
        for module, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(target := node.targets[0], ast.Subscript)
        and ast.unparse(target.value) == "self.fields"
        and isinstance(node.value, ast.Call)
    ]
    assert added
    for module, line, made in added:
        assert "label" in {keyword.arg for keyword in made.keywords}, (module, line)


def hidden_is_wrong() -> Sample:
    form = Sample({"service": "x", "usage": "a", "terms": "on"})
    form.add_error("kept", "Saisissez un UUID valide.")
    return form


@pytest.mark.parametrize("theme", ["neutral", "dsfr"])
def test_the_summary_does_not_name_what_is_hidden(
    theme: str, request: pytest.FixtureRequest
) -> None:
    """Nobody can mend it; it would be sent again as it is."""
    if theme == "dsfr":
        request.getfixturevalue("worn")
    text = draw("{% error_summary form %}", form=hidden_is_wrong())
    assert "Cette page n’est plus à jour : ouvrez-la de nouveau, puis recommencez." in text
    assert "Kept" not in text
    assert "UUID" not in text
    assert "<a " not in text
