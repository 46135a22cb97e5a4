"""Nothing that people read escapes translation, and no sentence is put together from pieces.

Reads the sources alone. `test_catalogues.py` says whether what goes through gettext is translated;
`apps/web/test_every_address.py`, whether French is left on pages read in English.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from kit import typography
from kit.french import french_of
from kit.words import FRENCH, Words, bare_words, fragments, literals

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "guichet"
SCRIPTS = ROOT / "frontend" / "src"
# A showcase for the developers of pages, in the demo alone.
SHOWCASE = {"web/templates/web/style.html", "web/showcase.py"}
TEMPLATES = sorted(
    path
    for path in PACKAGE.rglob("templates/**/*.html")
    if path.relative_to(PACKAGE).as_posix() not in SHOWCASE
)
# Headings of tables that programs look up as they have always been typed.
COLUMNS = {"habilitations/exports.py", "orders/incident_report.py", "orders/inventory_exports.py"}
ENGLISH_PAGES = ("docs/en/", "docs/adr/", "docs/divergences.md")
# French on purpose: people and papers of the demo, a ceremony's papers, headings of the registers,
# what mails hold when they are previewed, and files that an operator is handed.
FRENCH_DATA = re.compile(
    r"demo/|directories/readers/|domain/ceremonies/|processes/ceremony/|processes/personal_data\.py"
    r"|domain/personal\.py|terms/originals/|web/showcase\.py|.*/mail_kinds(/\w+)?\.py|.*/mail_kinds\.py"
)


def faults_of(read: Callable[[Path], Iterable[str]]) -> dict[str, list[str]]:
    found = {path.relative_to(PACKAGE).as_posix(): list(read(path)) for path in TEMPLATES}
    return {name: faults for name, faults in found.items() if faults}


def test_templates_translate_what_people_read() -> None:
    assert faults_of(bare_words) == {}


def test_tags_are_given_words_that_are_translated() -> None:
    assert faults_of(lambda path: filter(FRENCH.search, literals(path))) == {}


def test_sentences_are_whole() -> None:
    """None goes on in a variable, or in another sentence, as no translator could say it."""
    assert faults_of(fragments) == {}


def test_python_translates_what_people_read() -> None:
    wrong = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if "/migrations/" not in name:
            words = Words(is_data=bool(FRENCH_DATA.match(name)))
            words.visit(ast.parse(path.read_text()))
            wrong |= {name: words.found} if words.found else {}
    assert not wrong


def test_scripts_take_their_words_from_the_page() -> None:
    """Their words are attributes of the page, which is translated."""
    comments = re.compile(r"/\*.*?\*/|(?<!:)//[^\n]*", re.S)
    quoted = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`")
    sentence = re.compile(r"[A-Z][a-z]+ [a-z]+")
    wrong = {}
    for path in sorted(SCRIPTS.rglob("*.ts")):
        found = ["".join(one) for one in quoted.findall(comments.sub("", path.read_text()))]
        bad = [text for text in found if FRENCH.search(text) or sentence.match(text)]
        wrong |= {path.name: bad} if bad else {}
    assert not wrong


def french_pages() -> Iterator[Path]:
    """Pages of the documentation as it is kept, records of decisions left out."""
    listing = subprocess.run(
        ["git", "ls-files", "docs/*.md"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in listing.stdout.split():
        if not name.startswith(ENGLISH_PAGES):
            yield ROOT / name


@pytest.mark.parametrize("kind", ["mails", "pages"])
def test_french_mails_and_pages_are_well_set(kind: str) -> None:
    paths = sorted(PACKAGE.rglob("*.fr.txt") if kind == "mails" else french_pages())
    assert len(paths) > 20
    prose = typography.of_mail if kind == "mails" else typography.of_page
    faults = {path.name: list(typography.faults(prose(path.read_text()))) for path in paths}
    assert {name: found for name, found in faults.items() if found} == {}


def test_numbers_are_not_cut_from_their_sign() -> None:
    """A no-break space follows "n°" in whatever is read: templates, sources, their translations."""
    faults = {}
    for path in sorted(PACKAGE.rglob("*.*")):
        name = path.relative_to(PACKAGE).as_posix()
        if path.suffix in {".html", ".txt", ".py", ".toml"} and name not in COLUMNS:
            found = [text.group() for text in typography.NUMBERS.finditer(path.read_text())]
            faults |= {name: found} if found else {}
    assert faults == {}


@pytest.mark.parametrize(
    ("prose", "is_found"),
    [
        ("le dossier n° 12", True),
        ("le dossier n°\u202f12", True),
        ("le dossier n°12", True),
        ("le dossier n°\n12", True),
        ("le dossier n°\u00a012", False),
        ("N°", False),
    ],
)
def test_signs_of_numbers_are_found(prose: str, is_found: bool) -> None:
    assert bool(list(typography.faults(prose))) == is_found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Bonjour</p>", ["Bonjour"]),
        ("<p>{{ x }} jours</p>", ["jours"]),
        ('<img alt="Plan">', ["Plan"]),
        ("<p>{% translate 'Oui' %}</p><code>openssl</code>", []),
        ("{% blocktranslate %}Un <b>mot</b>{% endblocktranslate %}", []),
    ],
)
def test_bare_words_are_found(tmp_path: Path, source: str, found: list[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text(source)
    assert bare_words(path) == found


@pytest.mark.parametrize(
    ("source", "is_found"),
    [
        ('{% translate "Depuis le" %} {% moment at %}', True),
        ('{% translate "Bonjour" %} {{ name }}', True),
        ('{{ count }} {% translate "jours" %}', True),
        ('{% translate "Un mot" %} {% translate "un autre" %}', True),
        ('{% translate "Une phrase." %} {% translate "Une autre." %}', False),
        ('{% translate "Réponse :" %} {{ answer }}', False),
        ('<dt>{% translate "Fait le" %}</dt><dd>{% moment at %}</dd>', False),
    ],
)
def test_sentences_in_pieces_are_found(tmp_path: Path, source: str, is_found: bool) -> None:
    path = tmp_path / "page.html"
    path.write_text(source)
    assert bool(fragments(path)) == is_found


def test_words_in_python_are_found() -> None:
    source = '''
"""Une chaîne de documentation n’est pas lue."""
field(label="Nom", help_text=_("Le nom."))
say(_("Il y a ") + name, f"{_('Bonjour')} {name}", "déjà", _("Tout va bien."))
'''
    words = Words(is_data=False)
    words.visit(ast.parse(source))
    assert len(words.found) == 4
    assert {"Nom", "déjà", "_('Il y a ') + name"} < set(words.found)


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("<p>Demander un produit</p>", ["Demander un produit"]),
        ('<a aria-label="Se déconnecter"></a>', ["Se déconnecter"]),
        ('<p>Ask for a product</p><button lang="fr">Français, déconnecter</button>', []),
    ],
)
def test_french_is_found_on_pages(page: str, texts: list[str]) -> None:
    assert french_of(page) == texts
