"""The shape of the code: sizes of files and functions, with exceptions that only shrink."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    ROOT / "src" / "guichet",
    ROOT / "client" / "src" / "guichet_client",
    ROOT / "verify" / "src" / "guichet_verify",
)
FILE_LINES = 300
FUNCTION_LINES = 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "managers"}
# name -> lines allowed today; shrink it, never add to it without saying why in docs/adr/
# docs/adr/0045: one enumeration, one line for each code
LONG_FILES: dict[str, int] = {"src/guichet/domain/codes.py": 340}
NAMED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
LONG_FUNCTIONS: dict[str, int] = {}


def modules() -> list[Path]:
    found = (path for source in SOURCES for path in sorted(source.rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_files_are_short() -> None:
    sizes = {name_of(p): len(p.read_text().splitlines()) for p in modules()}
    long = {n: s for n, s in sizes.items() if s > LONG_FILES.get(n, FILE_LINES)}
    assert not long, long


def test_functions_are_short() -> None:
    long = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{name_of(path)}:{node.name}"
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONG_FUNCTIONS.get(name, FUNCTION_LINES):
                    long[name] = lines
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


def test_public_names_are_documented() -> None:
    """Packages, modules, classes, functions and methods."""
    silent = []
    for path in modules():
        tree = ast.parse(path.read_text())
        if not ast.get_docstring(tree):
            silent.append(name_of(path))
        found = public(tree.body)
        silent += [
            f"{name_of(path)}:{n.name}"
            for n in found
            if needs_words(n) and not ast.get_docstring(n)
        ]
    assert not silent, silent


def test_exceptions_are_still_needed() -> None:
    sizes = {name_of(p): len(p.read_text().splitlines()) for p in modules()}
    assert all(sizes.get(name, 0) > FILE_LINES for name in LONG_FILES)
