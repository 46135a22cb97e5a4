"""What is built or collected before Guichet serves: fonts, catalogues, static files."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

import guichet
from guichet.conf.environment import Environment
from guichet.processes.doctor.findings import Finding, fault, warning, well
from guichet.web.papers import FONTS

# Not that of guichet.web.catalogues: what compiles them is not installed where Guichet serves.
PACKAGE: Final = Path(guichet.__file__).parent


def examine(_environment: Environment, _at: datetime) -> Iterator[Finding]:
    """Each with the command that makes it."""
    yield _fonts(FONTS)
    yield _catalogues(PACKAGE)
    yield _static(Path(settings.STATIC_ROOT))


def _fonts(folder: Path) -> Finding:
    if any(folder.rglob("*.[ot]tf")):
        return well("fonts", f"Fonts of the papers in {folder}")
    return fault(
        "fonts",
        f"No font in {folder}",
        why="Receipts, statements and reports cannot be made as PDF.",
        mend="pip install --require-hashes -r requirements/base.txt",
    )


def _catalogues(package: Path) -> Finding:
    sources = sorted(package.glob("**/locale/*/LC_MESSAGES/*.po"))
    late = [path for path in sources if not _is_compiled(path)]
    if sources and not late:
        return well("catalogues", f"{len(sources)} translation catalogues compiled")
    named = ", ".join(path.relative_to(package).parts[0] for path in late) or "all of them"
    return warning(
        "catalogues",
        f"Translation catalogues not compiled: {named}",
        why="Pages and e-mails in English show French words.",
        mend="python -m guichet.web.catalogues",
    )


def _is_compiled(source: Path) -> bool:
    made = source.with_suffix(".mo")
    return made.exists() and made.stat().st_size > 0


def _static(collected: Path) -> Finding:
    if (collected / "staticfiles.json").is_file():
        return well("static-files", f"Static files collected in {collected}")
    return fault(
        "static-files",
        f"Static files are not collected in {collected}",
        why="Pages come without their style, and no key can be made in the browser.",
        mend="guichet init",
    )
