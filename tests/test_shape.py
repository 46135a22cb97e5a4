"""The shape of the code: sizes of files and functions, with exceptions that only shrink."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    ROOT / "src" / "guichet",
    ROOT / "client" / "src" / "guichet_client",
    ROOT / "verify" / "src" / "guichet_verify",
)
TESTS = ROOT / "tests"
FILE_LINES = 300
FUNCTION_LINES = 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "managers"}
# name -> lines allowed today; shrink it, never add to it without saying why in docs/adr/
# docs/adr/0045: one enumeration, one line for each code
LONG_FILES: dict[str, int] = {"src/guichet/domain/codes.py": 340}
NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
LONG_FUNCTIONS: dict[str, int] = {}
# One worker parses every module, once.
ONCE = pytest.mark.xdist_group("shapes")


def modules() -> list[Path]:
    found = (path for source in SOURCES for path in sorted(source.rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_are_short() -> None:
    """Those of tests too."""
    files = [*modules(), *TESTS.rglob("*.py")]
    sizes = {name_of(p): len(p.read_text().splitlines()) for p in files}
    long = {n: s for n, s in sizes.items() if s > LONG_FILES.get(n, FILE_LINES)}
    assert not long, long


def test_no_drawer_modules() -> None:
    found = [name_of(p) for p in modules() if p.stem in FORBIDDEN_NAMES]
    assert not found, found


def needs_words(node: NAMED) -> bool:
    """All but the options of a model or a form, which Django names."""
    return node.name != "Meta"


def public(body: list[ast.stmt]) -> Iterator[NAMED]:
    """Functions and classes that others may use, and the methods of these classes."""
    named = (node for node in body if isinstance(node, NAMED) and not node.name.startswith("_"))
    for node in named:
        yield node
        if isinstance(node, ast.ClassDef):
            yield from public(node.body)


@dataclass(frozen=True)
class Shape:
    """What is asked of a module's syntax, which is not kept."""

    functions: list[tuple[str, int]]
    silent: list[str]


def shape_of(tree: ast.Module) -> Shape:
    """Its functions, each with its lines; what should say what it is, and does not."""
    functions = [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    silent = [n.name for n in public(tree.body) if needs_words(n) and not ast.get_docstring(n)]
    return Shape(functions, silent if ast.get_docstring(tree) else ["", *silent])


@cache
def shapes() -> dict[str, Shape]:
    return {name_of(path): shape_of(ast.parse(path.read_text())) for path in modules()}


@ONCE
def test_functions_are_short() -> None:
    sizes = [(f"{m}:{n}", lines) for m, found in shapes().items() for n, lines in found.functions]
    long = [(n, lines) for n, lines in sizes if lines > LONG_FUNCTIONS.get(n, FUNCTION_LINES)]
    assert long == []


@ONCE
def test_public_names_are_documented() -> None:
    """Packages, modules, classes, functions and methods."""
    silent = [f"{module}:{name}" for module, found in shapes().items() for name in found.silent]
    assert not silent, silent


def test_exceptions_are_still_needed() -> None:
    sizes = {name_of(p): len(p.read_text().splitlines()) for p in modules()}
    assert all(sizes.get(name, 0) > FILE_LINES for name in LONG_FILES)
