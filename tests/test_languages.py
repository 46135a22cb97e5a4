"""Nothing that people read escapes translation, and no sentence is put together from pieces.

Reads the sources alone. `test_catalogues.py` says whether what goes through gettext is translated;
`apps/web/test_every_address.py`, whether French is left on pages read in English.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split

from kit import typography
from kit.french import french_of

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
# Names, formats and codes are the same in every language.
NAMES = re.compile(
    r"TEST|PRODUCTION|Guichet|Français|English|SIRET|HTTP|PEM|PKCS#12|ZIP|CSV|XLSX|ODS|ORG|SERV|PRO"
    r"|AUTH_CLI|SSL_SERV|SMIME|SIGN|CONF|AUTH|webhook-id|etat\.json|/essais/|\.key"
)
WORD = re.compile(r"[^\W\d_]{2}")
READ_ALOUD = {"alt", "title", "aria-label", "aria-description", "placeholder"}
VERBATIM = {"code", "kbd", "samp", "pre"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "use", "path", "wbr"}
ENGLISH_PAGES = ("docs/en/", "docs/adr/", "docs/divergences.md")
HOLE = "\0"
# Blocks of templates that hold the name of a class.
CLASSES = {"block width"}
TRANSLATED = {"translate", "trans"}
OPENERS = {"blocktranslate", "blocktrans"}
FRENCH = re.compile(r"[àâçéèêëîïôùûœÀÂÇÉÈÊÎÔŒ’«»\u202f]")
GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
GETTEXT |= {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy", "_now", "_n"}
FIELD_WORDS = {"label", "help_text", "empty_label", "verbose_name"}
# French on purpose: people and papers of the demo, a ceremony's papers, headings of the registers,
# what mails hold when they are previewed, and files that an operator is handed.
FRENCH_DATA = re.compile(
    r"demo/|directories/readers/|domain/ceremonies/|processes/ceremony/|processes/personal_data\.py"
    r"|domain/personal\.py|terms/originals/|web/showcase\.py|.*/mail_kinds(/\w+)?\.py|.*/mail_kinds\.py"
)
# Names of things, and how a label stands before what it names.
SAME_IN_ALL = {"Français", "\u202f: ", "’", "end them (Gestion, Accès)"}
SAME_IN_ALL |= {"e-CPS", "FranceConnect", "ProConnect", "OCSP", "Declarations"}


def tokens(path: Path) -> list[Token]:
    return Lexer(path.read_text()).tokenize()


def tag(token: Token) -> str:
    return token.contents.split()[0] if token.token_type is TokenType.BLOCK else ""


class Bare(HTMLParser):
    """The words of a page that stand there as they are, with what they stand in."""

    def __init__(self) -> None:
        super().__init__()
        self.within: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_button = tag == "input" and given.get("type") in {"submit", "button", "reset"}
        for name in given.keys() & (READ_ALOUD | ({"value"} if is_button else set())):
            self.handle_data(given[name])
        if tag not in VOID:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while tag in self.within and self.within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if VERBATIM & set(self.within):
            return
        pieces = (NAMES.sub("", piece) for piece in data.split(HOLE))
        self.found += [piece.strip() for piece in pieces if WORD.search(piece)]


def bare_words(path: Path) -> list[str]:
    kept, inside, is_class = [], 0, False
    for token in tokens(path):
        name = tag(token)
        inside += name in OPENERS or name == "comment"
        inside -= name in {f"end{opener}" for opener in OPENERS} or name == "endcomment"
        is_class = name in {"block", ""} and (is_class or token.contents in CLASSES)
        if token.token_type is TokenType.TEXT and not inside and not is_class:
            kept.append(token.contents)
        elif token.token_type is not TokenType.COMMENT:
            kept.append(HOLE)
    reader = Bare()
    text = "".join(kept)
    if re.match(r"\s*[\w-]+=\"", text.replace(HOLE, "")):
        text = f"<i {text}>"  # attributes that another template takes in
    # A parser of HTML ends the name of a tag at what is none of its characters.
    reader.feed(re.sub(r"<[^<>]*>", lambda found: found[0].replace(HOLE, " "), text))
    return reader.found


def pieces(path: Path) -> Iterator[list[tuple[str, str]]]:
    """Runs of one line of text: `said` (a sentence), `held` (a variable, a moment), `text`."""
    run: list[tuple[str, str]] = []
    sentence: str | None = None
    is_kept = False
    for token in tokens(path):
        name, text = tag(token), token.contents
        if name in OPENERS:
            sentence, is_kept = "", " asvar " in text
        elif sentence is not None and name.startswith("endblock"):
            run += [("said", sentence.strip())] if not is_kept else []
            sentence = None
        elif sentence is not None:
            sentence += text
        elif name in TRANSLATED and " as " not in text:
            run.append(("said", next(iter([*smart_split(text)][1:]))[1:-1]))
        elif token.token_type is TokenType.VAR or (name == "moment" and " as " not in text):
            run.append(("held", text))
        elif token.token_type is TokenType.TEXT and not re.search(r"[<>\"]", text):
            run += [("text", text.strip())] if text.strip() else []
        elif name != "comment" and token.token_type is not TokenType.COMMENT:
            yield run
            run = []
    yield run


def fragments(path: Path) -> list[str]:
    """Sentences that go on in what stands behind them, or begin in what stands before."""
    found = []
    for run in pieces(path):
        for (kind, before), (other, after) in pairwise(run):
            is_ended = not before or before[-1] in ".!?…:»)"
            is_name = other == "held" and after == "label"  # of the button that says what it does
            if kind == "said" and other in {"said", "held"} and not is_ended and not is_name:
                found.append(f"{before} + {after}")
            elif kind == "held" and other == "said" and re.match(r"[a-zà-ÿ]", after):
                found.append(f"{{{before}}} + {after}")
    return found


def literals(path: Path) -> Iterator[str]:
    """Words given to a tag of a template as they are, `_()` left out."""
    for token in tokens(path):
        for given in list(smart_split(token.contents))[1:] if tag(token) else ():
            found = re.fullmatch(r"(?:[\w:]+=)?(\"[^\"]*\"|'[^']*')(?:\|.*)?", given)
            if found and tag(token) not in TRANSLATED | {"comment", "blocktranslate"}:
                yield found[1][1:-1]


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


def called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


class Words(ast.NodeVisitor):
    """Strings of a module that people read and gettext does not, and sentences in pieces."""

    def __init__(self, is_data: bool) -> None:
        self.is_data = is_data
        self.found: list[str] = []
        self.outer: list[ast.AST] = []

    def generic_visit(self, node: ast.AST) -> None:
        self.outer.append(node)
        super().generic_visit(node)
        self.outer.pop()

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if called(node) in GETTEXT:
            around = self.outer[-1]
            is_added = isinstance(around, ast.BinOp) and isinstance(around.op, ast.Add)
            is_built = any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in node.args[:2])
            if is_added or is_built or isinstance(around, ast.FormattedValue):
                self.found.append(ast.unparse(around))
            return
        for given in node.keywords:
            if given.arg in FIELD_WORDS and isinstance(given.value, ast.Constant):
                self.read(str(given.value.value or ""), always=True)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.read(node.value)

    def read(self, text: str, *, always: bool = False) -> None:
        is_read = FRENCH.search(text) or (always and WORD.search(text))
        if is_read and text not in SAME_IN_ALL and not self.is_data:
            self.found.append(text)


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
