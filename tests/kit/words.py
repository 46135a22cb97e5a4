"""Words in templates and in Python: those without translation, sentences in pieces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split

# Names, formats and codes are the same in every language.
NAMES = re.compile(
    r"TEST|PRODUCTION|Guichet|Français|English|SIRET|HTTP|PEM|PKCS#12|ZIP|CSV|XLSX|ODS|ORG|SERV|PRO"
    r"|AUTH_CLI|SSL_SERV|SMIME|SIGN|CONF|AUTH|webhook-id|etat\.json|/essais/|\.key"
)
WORD = re.compile(r"[^\W\d_]{2}")
READ_ALOUD = {"alt", "title", "aria-label", "aria-description", "placeholder"}
VERBATIM = {"code", "kbd", "samp", "pre"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "use", "path", "wbr"}
HOLE = "\0"
# Blocks of templates that hold the name of a class.
CLASSES = {"block width"}
TRANSLATED = {"translate", "trans"}
OPENERS = {"blocktranslate", "blocktrans"}
FRENCH = re.compile(r"[àâçéèêëîïôùûœÀÂÇÉÈÊÎÔŒ’«»\u202f]")
GETTEXT = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
GETTEXT |= {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy", "_now", "_n"}
FIELD_WORDS = {"label", "help_text", "empty_label", "verbose_name"}
# Names of things, and how a label stands before what it names.
SAME_IN_ALL = {"Français", "\u202f: ", "’", "end them (Gestion, Accès)"}
SAME_IN_ALL |= {"e-CPS", "FranceConnect", "ProConnect", "OCSP", "Declarations"}


def tokens(path: Path) -> list[Token]:
    """Tokens of a template, as Django lexes it."""
    return Lexer(path.read_text()).tokenize()


def tag(token: Token) -> str:
    """A tag's name; empty where a token is no tag."""
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
    """Runs of words of a template that nothing translates."""
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


def called(node: ast.AST) -> str:
    """The last name of what is called."""
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
