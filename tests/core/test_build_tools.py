"""What compiles the catalogues builds alone: it is not installed where Guichet serves."""

import ast
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "guichet"
COMPILER = SOURCE / "web" / "catalogues.py"
NOT_TO_SERVE = {"babel", "setuptools", "guichet.web.catalogues"}


def imported(path: Path) -> set[str]:
    """Modules that a file names, and the packages that they are in; only where it may matter."""
    found: set[str] = set()
    text = path.read_text()
    if not any(name.rpartition(".")[2] in text for name in NOT_TO_SERVE):
        return found
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= {part for name in names for part in (name, name.partition(".")[0])}
    return found


def test_nothing_that_serves_needs_what_builds() -> None:
    users = {path for path in SOURCE.rglob("*.py") if imported(path) & NOT_TO_SERVE}
    assert users == {COMPILER}
