"""The one-way layers of docs/architecture.md, and what the repository must never hold."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Written in pieces, so that this file does not hold what it forbids.
REGISTRIES = "|".join(("files." + "pythonhosted", "pypi" + r"\.org/simple", "registry." + "npmjs"))
PRIVATE_KEY = "PRIVATE KEY" + "-----"


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return [ROOT / name for name in listing.stdout.split("\0") if name]


def texts() -> list[tuple[Path, str]]:
    files = (path for path in tracked() if path.is_file())
    return [(path, path.read_bytes().decode("utf-8", "replace")) for path in files]


def test_imports_go_one_way() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_the_client_imports_nothing_of_the_product() -> None:
    """Servers install it alone."""
    sources = (ROOT / "client" / "src").rglob("*.py")
    product = re.compile(r"^\s*(?:from|import) guichet\b(?!_)", re.M)
    assert [path.name for path in sources if product.search(path.read_text())] == []


def test_no_registry_host_is_named() -> None:
    assert [p.name for p, text in texts() if re.search(REGISTRIES, text)] == []


def test_no_private_key_is_kept() -> None:
    allowed = {".py", ".ts", ".md"}
    assert [p.name for p, t in texts() if PRIVATE_KEY in t and p.suffix not in allowed] == []


def test_requirements_are_locked_with_hashes() -> None:
    for name in ("bootstrap", "base", "dev"):
        lock = (ROOT / "requirements" / f"{name}.txt").read_text()
        pinned = re.findall(
            r"^[A-Za-z0-9._\[\]-]+==\S+(?: ;[^\\]*)? \\\n    --hash=sha256:", lock, re.M
        )
        assert len(pinned) == len(re.findall(r"^[A-Za-z0-9]", lock, re.M)), name
        assert "://" not in lock


def test_each_extra_has_its_lock() -> None:
    """What pip installs by "guichet[dsfr]" is what requirements/dsfr.txt pins, and so on."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for extra, wanted in told["project"]["optional-dependencies"].items():
        source = (ROOT / "requirements" / f"{extra}.in").read_text()
        assert wanted == re.findall(r"^[a-z][a-z0-9-]+$", source, re.M), extra
        lock = (ROOT / "requirements" / f"{extra}.txt").read_text()
        assert set(wanted) <= set(re.findall(r"^([a-z0-9-]+)==", lock, re.M)), extra


def test_the_readme_names_the_folders_of_tests_that_there_are() -> None:
    row = re.search(r"^\| `tests/` \| (.+) \|$", (ROOT / "README.md").read_text(), re.M)
    assert row
    there = {path.name for path in (ROOT / "tests").iterdir() if any(path.glob("[a-z]*"))}
    assert set(re.findall(r"`(\w+)`", row[1])) == there - {"__pycache__"}
