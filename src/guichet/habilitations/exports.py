"""Lists of dossiers as tables: which columns, and how a dossier becomes rows (web.spreadsheets)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import IO, Any, Final

from django.utils.translation import gettext_lazy as _

from guichet.habilitations.queries.records import Record, Records, Value
from guichet.web import spreadsheets
from guichet.web.spreadsheets import Heading, Row, table_lines


class Block(StrEnum):
    """The tables of an export; the values are those of addresses."""

    DOSSIERS = "dossiers"
    ADMINISTRATORS = "administrateurs"
    TYPES = "types"


_NUMBER: Final = ("number", _("N° de dossier"))
_SIRET: Final = ("siret", _("SIRET"))
_SHARE: Final = (("accepted", _("Accepté")), ("left_out_because", _("Motif si écarté")))
COLUMNS: Final[Mapping[Block, tuple[tuple[str, Any], ...]]] = {
    Block.DOSSIERS: (
        _NUMBER,
        ("state", _("État")),
        ("to_correct", _("À corriger")),
        _SIRET,
        ("legal_name", _("Raison sociale")),
        ("department", _("Département")),
        ("finess", _("FINESS")),
        ("quality", _("Qualité du représentant")),
        ("surname", _("Nom du représentant")),
        ("given_names", _("Prénom(s) du représentant")),
        ("phone", _("Téléphone du représentant")),
        ("email", _("Courriel du représentant")),
        ("card_number", _("N° de carte du représentant")),
        ("administrators", _("Administrateurs techniques")),
        ("types", _("Types demandés")),
        ("editor", _("Éditeur")),
        ("solution", _("Solution")),
        ("description", _("Usage")),
        ("assignee", _("Attribué à")),
        ("checks", _("Contrôles")),
        ("revision", _("Dépôts")),
        ("filed_at", _("Déposé le")),
        ("changed_at", _("Modifié le")),
        ("taken_at", _("Pris en instruction le")),
        ("decided_at", _("Décidé le")),
        ("archived_at", _("Archivé le")),
        ("decision", _("Décision")),
        ("reason", _("Motif de la décision")),
    ),
    Block.ADMINISTRATORS: (
        _NUMBER,
        ("row", _("Ligne")),
        _SIRET,
        ("card_number", _("N° de carte")),
        ("name", _("Nom et prénom(s)")),
        ("phone", _("Téléphone")),
        ("email", _("Courriel")),
        ("confirmed_at", _("Confirmé le")),
        *_SHARE,
    ),
    Block.TYPES: (
        _NUMBER,
        _SIRET,
        ("type", _("Type de certificat")),
        ("domain", _("Nom de domaine")),
        ("server", _("Serveur")),
        ("mail_domain", _("Domaine de messagerie")),
        *_SHARE,
    ),
}
SHEETS: Final[Mapping[Block, Any]] = {
    Block.DOSSIERS: _("Dossiers"),
    Block.ADMINISTRATORS: _("Administrateurs"),
    Block.TYPES: _("Types de certificats"),
}


def csv_lines(block: Block, found: Iterable[Records]) -> Iterator[str]:
    """One block as CSV, line after line."""
    codes = [code for code, _label in COLUMNS[block]]
    rows = (row for records in found for row in _rows(block, records, codes))
    return table_lines(_heading(block).rows, rows)


def write_xlsx(file: IO[bytes], found: Iterable[Records]) -> None:
    """A workbook of one sheet a block."""
    spreadsheets.write_xlsx(file, [_heading(block) for block in Block], _every_row(found))


def write_ods(file: IO[bytes], found: Iterable[Records]) -> None:
    """An OpenDocument workbook of one sheet a block."""
    spreadsheets.write_ods(file, [_heading(block) for block in Block], _every_row(found))


def _heading(block: Block) -> Heading:
    columns = tuple((code, str(label)) for code, label in COLUMNS[block])
    return Heading(str(SHEETS[block]), columns)


def _every_row(found: Iterable[Records]) -> Iterator[Row]:
    codes = {block: [code for code, _label in COLUMNS[block]] for block in Block}
    for records in found:
        for rank, block in enumerate(Block):
            for row in _rows(block, records, codes[block]):
                yield rank, row


def _rows(block: Block, found: Records, codes: Sequence[str]) -> Iterator[list[Value]]:
    rows: Mapping[Block, Sequence[Record]] = {
        Block.DOSSIERS: (found.dossier,),
        Block.ADMINISTRATORS: found.administrators,
        Block.TYPES: found.types,
    }
    for row in rows[block]:
        yield [row[code] for code in codes]
