"""What an applicant has typed so far: texts by path, and the rows of the repeated blocks.

Paths are the names of the form's fields, the pointers of corrections and of objections, and the
keys of differences: "representative.phone", "administrators.<row>.card_number".
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

LONG: Final = 4000
TEXT: Final = 300
ROWS_AT_MOST: Final = 500
ROW_ID: Final = re.compile(r"[a-z0-9]{6,32}", re.ASCII)
ADMINISTRATORS: Final = "administrators"
RPPS_RANKS: Final = "rpps_ranks"

SINGLE: Final = (
    "siret",
    "structure.legal_name",
    "structure.postcode",
    "structure.cares_for_patients",
    "structure.finess",
    "structure.is_radiology",
    "representative.quality",
    "representative.surname",
    "representative.given_names",
    "representative.phone",
    "representative.email",
    "representative.card_number",
    "use.description",
    "use.editor",
    "use.solution",
    "types.org",
    "types.serv_ssl",
    "types.ssl_domain",
    "types.ssl_server",
    "types.serv_mail",
    "types.serv_mail_domain",
    "types.pro",
    "types.pro_mail_domain",
    "terms",
    "accuracy",
)
REPEATED: Final[Mapping[str, tuple[str, ...]]] = {
    RPPS_RANKS: ("number",),
    ADMINISTRATORS: ("card_number", "name", "phone", "email"),
}
BOXES: Final = frozenset(
    {"types.org", "types.serv_ssl", "types.serv_mail", "types.pro", "terms", "accuracy"}
)
CHECKED: Final = "on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form as typed; nothing is checked but its shape. Empty texts are left out."""

    texts: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def get(self, path: str) -> str:
        """The text at a path; empty when nothing was typed."""
        return self.texts.get(path, "")

    def has(self, path: str) -> bool:
        """Whether a box is ticked."""
        return self.get(path) == CHECKED

    def ids(self, block: str) -> tuple[str, ...]:
        """The rows of a repeated block, in order."""
        return self.rows.get(block, ())

    def paths(self) -> tuple[str, ...]:
        """Every path the form has now, in the order of the form."""
        repeated = (
            f"{block}.{row}.{name}"
            for block, names in REPEATED.items()
            for row in self.ids(block)
            for name in names
        )
        return (*SINGLE, *repeated)

    def with_texts(self, changes: Mapping[str, str]) -> Self:
        """The same form with some texts changed; paths the form does not have are ignored."""
        known = set(self.paths())
        merged = {**self.texts, **{p: t[: limit(p)] for p, t in changes.items() if p in known}}
        return type(self)(texts={p: t for p, t in merged.items() if t}, rows=self.rows)

    def with_row(self, block: str, row: str) -> Self:
        """The same form with one more empty row at the end of a block; at most ROWS_AT_MOST."""
        if block not in REPEATED or not ROW_ID.fullmatch(row) or row in self.ids(block):
            return self
        ids = (*self.ids(block), row)[:ROWS_AT_MOST]
        return type(self)(texts=self.texts, rows={**self.rows, block: ids})

    def without_row(self, block: str, row: str) -> Self:
        """The same form without one row and what was typed in it."""
        ids = tuple(found for found in self.ids(block) if found != row)
        texts = {p: t for p, t in self.texts.items() if not p.startswith(f"{block}.{row}.")}
        return type(self)(texts=texts, rows={**self.rows, block: ids})

    def to_json(self) -> dict[str, Any]:
        """For storage: keys sorted, so that equal forms are equal bytes."""
        return {
            "texts": dict(sorted(self.texts.items())),
            "rows": {block: list(ids) for block, ids in sorted(self.rows.items()) if ids},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """From storage, or from a client: what has not the shape of this form is dropped."""
        rows = {block: _ids(value.get("rows", {}).get(block, ())) for block in REPEATED}
        texts = value.get("texts", {})
        return cls(rows=rows).with_texts({str(p): str(t) for p, t in texts.items()})


def limit(path: str) -> int:
    """How many characters a path may hold."""
    return LONG if path == "use.description" else TEXT


def _ids(found: Iterable[object]) -> tuple[str, ...]:
    ids = dict.fromkeys(str(row) for row in found)
    return tuple(row for row in ids if ROW_ID.fullmatch(row))[:ROWS_AT_MOST]


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that changed between two forms; a text absent on one side is empty there."""

    path: str
    before: str
    after: str


def differences(before: Typed, after: Typed) -> tuple[Difference, ...]:
    """What changed, in the order of the later form, removed rows last."""
    paths = dict.fromkeys((*after.paths(), *before.paths()))
    return tuple(
        Difference(path, before.get(path), after.get(path))
        for path in paths
        if before.get(path) != after.get(path)
    )
