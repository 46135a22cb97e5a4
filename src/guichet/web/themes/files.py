"""The files of the State's design system that pages fetch, out of the package that brings them.

Of its 1 600 files about a hundred are served: the style sheet, and what it names. Its scripts are
not: ours do the little that pages need, and nothing more runs.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage

PACKAGE: Final = "dsfr"
SHEET: Final = "dsfr/dist/dsfr.main.min.css"
ICON: Final = "dsfr/dist/favicon/favicon.svg"
NAMED: Final = re.compile(r"""url\(\s*["']?([^)"'#?]+)""")


class Finder(BaseFinder):
    """Finds the style sheet, what it names, and the icon of the State's sites."""

    def check(self, **_options: Any) -> list[CheckMessage]:
        """Nothing to set."""
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """Each file with the storage that reads it."""
        storage = FileSystemStorage(location=self.root)
        for path in self.paths:
            if not matches_patterns(path, ignore_patterns or ()):
                yield path, storage

    def find(self, path: str, find_all: bool = False, **_kept: Any) -> Any:
        """The file at an address below STATIC_URL; an empty list when it is not served."""
        found = [str(self.root / path)] if path in self.paths else []
        return found if find_all else (found[0] if found else [])

    @cached_property
    def root(self) -> Path:
        """The package's static files, found without importing it. Raises LookupError."""
        spec = find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise LookupError(f"{PACKAGE} is not installed: requirements/dsfr.txt")
        return Path(spec.submodule_search_locations[0], "static")

    @cached_property
    def paths(self) -> Sequence[str]:
        """Every file that is served, by its path below `root`."""
        sheet = self.root / SHEET
        text = sheet.read_text(encoding="utf-8")
        named = {
            (sheet.parent / name).resolve().relative_to(self.root.resolve()).as_posix()
            for name in NAMED.findall(text)
            if not name.startswith("data:")
        }
        return (SHEET, ICON, *sorted(named))


def finders(*, is_of_the_state: bool) -> list[str]:
    """Django's finders: that of the apps, and this one where the theme is worn."""
    own = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
    return [*own, f"{__name__}.Finder"] if is_of_the_state else own
