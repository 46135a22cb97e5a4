"""docs/explanation/security.md: every requirement has its line, and what it names exists."""

import ast
import re
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/explanation/security.md").read_text()
NAMED = re.compile(
    r"`((?:src|tests|docs|deploy|frontend|verify)/[\w./-]+|pyproject\.toml)(?:::(\w+))?`"
)
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (tient|sans objet|ne tient pas) \| (.+) \|$", re.M
)
LISTED = re.compile(r"^- (\d+\.\d+\.\d+) ", re.M)
# OWASP ASVS 5.0.0: the requirements of level 1, then of level 2, by chapter and section.
LEVELS = {
    1: (
        "1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 "
        "4.4.1 5.2.1-2 5.3.1-2 6.1.1 6.2.1-8 6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 "
        "8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1 12.2.1-2 13.4.1 "
        "14.2.1 14.3.1 15.1.1 15.2.1 15.3.1"
    ),
    2: (
        "1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 "
        "3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3 4.2.1 4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 "
        "6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3 7.3.1-2 7.4.3-5 "
        "7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 "
        "10.5.1-5 10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 "
        "12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2 13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 "
        "15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3 17.1.1 "
        "17.2.1-4 17.3.1-2"
    ),
}


def spelt(span: str) -> list[str]:
    """The requirements of a span such as 1.2.1-5."""
    section, _, last = span.rpartition(".")
    first, _, end = last.partition("-")
    return [f"{section}.{n}" for n in range(int(first), int(end or first) + 1)]


@cache
def found_in(path: str) -> frozenset[str]:
    """Names of a file's tests."""
    nodes = ast.walk(ast.parse((ROOT / path).read_text()))
    return frozenset(node.name for node in nodes if isinstance(node, ast.FunctionDef))


def test_every_requirement_has_one_line_at_its_level() -> None:
    rows = Counter((number, int(level)) for number, level, _state, _where in ROW.findall(PAGE))
    wanted = {
        (number, level)
        for level, spans in LEVELS.items()
        for number in chain.from_iterable(map(spelt, spans.split()))
    }
    assert (len([n for n, level in wanted if level == 1]), len(wanted)) == (70, 253)
    assert rows.keys() ^ wanted == set()
    assert set(rows.values()) == {1}


def test_what_is_named_exists() -> None:
    missing = [path for path, _name in NAMED.findall(PAGE) if not (ROOT / path).exists()]
    assert missing == []
    tests = [(path, name) for path, name in NAMED.findall(PAGE) if name]
    assert [one for one in tests if one[1] not in found_in(one[0])] == []


def test_every_threat_names_a_proof() -> None:
    section = PAGE.partition("## Menaces par flux")[2].partition("\n## ")[0]
    threats = [
        line for line in section.splitlines() if line.startswith("| ") and "flux" not in line
    ]
    rows = [line for line in threats if not line.startswith("| ---")]
    assert len(rows) > 20
    assert [row for row in rows if not NAMED.search(row)] == []


def test_what_does_not_hold_is_listed_at_the_end() -> None:
    unheld = {
        number for number, _level, state, _where in ROW.findall(PAGE) if state.startswith("ne")
    }
    assert set(LISTED.findall(PAGE.partition("## Ce qui ne tient pas")[2])) == unheld
