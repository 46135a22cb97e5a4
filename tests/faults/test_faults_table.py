"""docs/explanation/reliability.md: every fault names a test, and what is named exists."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "reliability.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@cache
def found_in(path: str) -> frozenset[str]:
    """Names of a file's tests."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text()))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def test_every_fault_is_shown_by_tests_that_exist() -> None:
    lines = PAGE.read_text().splitlines()
    heads = {"| panne | attendu | montré par |", "| --- | --- | --- |"}
    rows = [line for line in lines if line.startswith("|") and line not in heads]
    assert rows
    assert [row for row in rows if not NAMED.search(row)] == []
    named = NAMED.findall(PAGE.read_text())
    assert [one for one in named if one[1] not in found_in(one[0])] == []
