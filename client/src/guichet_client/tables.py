"""Reading TOML tables: every problem is told at once, with the nearest key that exists."""

import difflib
from pathlib import Path
from typing import Any

from guichet_client.wording import Say


class Table:
    """One table of a file. What is read is taken out; `finish` tells what nobody asked for."""

    def __init__(self, values: dict[str, Any], place: str, problems: list[str]) -> None:
        self._values, self._place, self.problems = dict(values), place, problems
        self._asked: list[str] = []

    def table(self, key: str) -> "Table":
        """A table within; empty when absent."""
        return Table(self._take(key, dict, {}), f"{self._place}{key}.", self.problems)

    def tables(self, key: str) -> list["Table"]:
        """An array of tables."""
        found = self._take(key, list, [])
        if any(not isinstance(item, dict) for item in found):
            self.problem(key, Say.KEY_TYPE.text(wanted="[[…]]"))
            return []
        places = (f"{self._place}{key}[{n}]." for n in range(1, len(found) + 1))
        return [Table(item, at, self.problems) for item, at in zip(found, places, strict=True)]

    def text(self, key: str, default: str | None = "") -> str:
        """A string. Wanted when `default` is None."""
        found = str(self._take(key, str, default or ""))
        if default is None and not found.strip():
            self.problem(key, Say.KEY_MISSING.text())
        return found.strip()

    def choice(self, key: str, among: tuple[str, ...], default: str | None) -> str:
        """One of a few strings."""
        found = self.text(key, default)
        if found and found not in among:
            self.problem(key, Say.KEY_CHOICE.text(found=found, among=", ".join(among)))
        return found

    def flag(self, key: str) -> bool:
        """A boolean, false when absent."""
        return bool(self._take(key, bool, False))

    def number(self, key: str, default: int, *, least: int, most: int) -> int:
        """A whole number within limits."""
        found = int(self._take(key, int, default))
        if not least <= found <= most:
            self.problem(key, Say.KEY_RANGE.text(least=least, most=most))
        return found

    def path(self, key: str) -> Path | None:
        """An absolute path; None when absent."""
        found = self.text(key)
        if found and not Path(found).is_absolute():
            self.problem(key, Say.KEY_ABSOLUTE.text(found=found))
        return Path(found) if found else None

    def words(self, key: str) -> tuple[str, ...]:
        """An array of strings."""
        return self._strings(key, self._take(key, list, []))

    def commands(self, key: str) -> tuple[tuple[str, ...], ...]:
        """An array of commands, each an array of strings: no shell reads them."""
        found = self._take(key, list, [])
        return tuple(self._strings(key, item) for item in found)

    def problem(self, key: str, words: str) -> None:
        """Note what is wrong with a key."""
        self.problems.append(f"{self._place}{key}: {words}")

    def finish(self) -> None:
        """Tell the keys that mean nothing here: they may be misspelt."""
        for key in self._values:
            near = difflib.get_close_matches(key, self._asked, 1)
            words = Say.KEY_NEAR.text(near=near[0]) if near else Say.KEY_UNKNOWN.text()
            self.problem(key, words)

    def _strings(self, key: str, found: object) -> tuple[str, ...]:
        if isinstance(found, list) and all(isinstance(item, str) and item for item in found):
            return tuple(found)
        self.problem(key, Say.KEY_TYPE.text(wanted='["…"]'))
        return ()

    def _take(self, key: str, kind: type, default: Any) -> Any:
        self._asked.append(key)
        found = self._values.pop(key, default)
        if type(found) is not kind:
            self.problem(key, Say.KEY_TYPE.text(wanted=kind.__name__))
            return default
        return found
