"""The documentation: twins in two languages, indexes that list, links that lead somewhere."""

import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from typing import Any

import pytest
from typer.testing import CliRunner

from guichet.cli import app

DOCS = Path(__file__).resolve().parents[2] / "docs"
SITE: dict[str, Any] = runpy.run_path(str(DOCS / "site" / "stage.py"))
CHECK: dict[str, Any] = runpy.run_path(str(DOCS / "site" / "check_links.py"))


def frame(file: Path) -> tuple[list[int], list[str]]:
    """What twins share: the levels of the headings, and the blocks of code."""
    levels, code = [], []
    for is_prose, line in SITE["parts"](file.read_text()):
        if not is_prose:
            code.append(line)
        elif found := re.match(r"(#+) ", line):
            levels.append(len(found[1]))
    return levels, code


def twins() -> Iterator[tuple[Path, Path]]:
    """Each French page, with where its English twin stands."""
    for file in sorted(DOCS.rglob("*.md")):
        name = file.relative_to(DOCS)
        if name.parts[0] not in SITE["APART"]:
            yield file, DOCS / "en" / name


def test_each_page_has_its_twin() -> None:
    """In English under the same name, with the same headings and the same code."""
    found = list(twins())
    assert not [str(there) for _, there in found if not there.is_file()]
    assert not [str(here) for here, there in found if frame(here) != frame(there)]
    strangers = {there for _, there in found} ^ set((DOCS / "en").rglob("*.md"))
    assert not strangers


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages drawn from the code, of both languages."""
    folder = tmp_path_factory.mktemp("drawn")
    assert CliRunner().invoke(app, ["reference", str(folder)]).exit_code == 0
    return folder


@pytest.mark.parametrize("language", ["fr", "en"])
def test_pages_are_listed_and_lead_somewhere(language: str, drawn: Path) -> None:
    """As the site has them: each page is below an index, each link leads to a file."""
    site = drawn / language
    SITE["stage"](language, site)
    listed, lost = set(), []
    for file in site.rglob("*.md"):
        *_, tree = file.read_text().rpartition("```{toctree}\n:hidden:\n:titlesonly:\n\n")
        if file.name == "index.md":
            names = (line.rpartition("<")[2].rstrip(">") for line in tree.split("\n") if line)
            listed |= {file.parent / name for name in names if name != "```"}
        for is_prose, line in SITE["parts"](file.read_text()):
            for _, _, target in SITE["LINK"].findall(line) if is_prose else ():
                path = target.partition("#")[0]
                if path and ":" not in path and not Path(normpath(file.parent / path)).is_file():
                    lost.append(f"{file.relative_to(site)}: {target}")
    assert not lost
    assert {*site.rglob("*.md")} - listed == {site / "index.md"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<a href="other.html#here">x</a><a href="https://example.org/">y</a>', None),
        ('<a href="other.html#there">x</a>', "other.html#there leads nowhere"),
        ('<a href="absent.html">x</a>', "absent.html leads nowhere"),
        ('<img src="https://example.org/x.png">', "fetches https://example.org/x.png"),
    ],
)
def test_built_pages_are_judged(body: str, fault: str | None, tmp_path: Path) -> None:
    """What `make docs` ends with: links and fragments that exist, nothing from elsewhere."""
    (tmp_path / "index.html").write_text(body)
    (tmp_path / "other.html").write_text('<h1 id="here">x</h1>')
    expected = [f"{tmp_path / 'index.html'}: {fault}"] if fault else []
    assert list(CHECK["faults"](tmp_path)) == expected
