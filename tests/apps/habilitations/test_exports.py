"""Exports: the list as narrowed, codes in row 1, no cell a formula, every export journalled."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import odfdo
import pytest

from apps.habilitations import dossiers
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import Person
from guichet.habilitations.exports import COLUMNS, Block
from guichet.journal import queries as journal
from guichet.web.spreadsheets import guarded, table_lines

pytestmark = pytest.mark.django_db
CSV, XLSX = f"{kit.LIST}export.csv", f"{kit.LIST}export.xlsx"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
HOSTILE = ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", "\r=1", "  =1+1", "＝1+1", "=cmd|' /C'!A0"]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def table(who: Person, **query: Any) -> list[dict[str, str]]:
    """The rows of a CSV by their codes."""
    answer = who.get(CSV, **query)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    text = body(answer).decode("utf-8")
    assert text.startswith("\ufeff")
    codes, labels, *rows = csv.reader(io.StringIO(text[1:]), delimiter=";")
    assert len(codes) == len(labels) == len(set(codes))
    return [dict(zip(codes, row, strict=True)) for row in rows]


def sheets(content: bytes) -> dict[str, list[list[str]]]:
    """The cells of a workbook's sheets, as text."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        for rank, name in enumerate(names, 1):
            tree = ET.fromstring(book.read(f"xl/worksheets/sheet{rank}.xml"))  # noqa: S314 ours
            assert not list(tree.iter(f"{SHEET}f")), "a formula"
            found[name] = [
                ["".join(cell.itertext()) for cell in row] for row in tree.iter(f"{SHEET}row")
            ]
    return found


@pytest.fixture
def desk(applicant: Person, instructor: Person, known_registers) -> dict[str, int]:
    two = {
        "administrators.1.card_number": dossiers.JEAN_CARD,
        "administrators.1.name": "Jean DUPONT",
        "administrators.1.phone": "+32 2 123 45 67",
        "administrators.1.email": "jean@sante.fr",
        "types.pro": "on",
        "types.pro_mail_domain": "@agence.fr",
        "use.description": "=HYPERLINK(\"http://x\")",
    }  # fmt: skip
    made = {
        "accepted": dossiers.deposited(applicant.actor, two),
        "filed": dossiers.deposited(applicant.actor),
    }
    kit.take(made["accepted"], instructor.actor)
    first, _second = kit.rows(made["accepted"])
    kit.act(
        instructor, made["accepted"], "accepter/", confirmer="1", rows=[first], types=["org"],
        **{f"modele.{_second}": "not-in-structure", "refused.pro": "Non justifié."},
    )  # fmt: skip
    return made


def test_one_row_a_dossier_of_the_list(desk, instructor) -> None:
    """The same filters as the page, in its order; every column has its code."""
    rows = table(instructor, onglet="tous", tri="number")
    assert [int(row["number"]) for row in rows] == [desk["accepted"], desk["filed"]]
    first = rows[0]
    assert list(first) == [code for code, _label in COLUMNS[Block.DOSSIERS]]
    assert first["state"] == "accepted"
    assert first["siret"] == dossiers.AGENCY
    assert first["description"] == '\'=HYPERLINK("http://x")'
    assert first["administrators"] == "2"
    assert first["decision"] == "accept"
    assert first["to_correct"] == "non"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", first["filed_at"])
    only = table(instructor, onglet="tous", etat="filed")
    assert [int(row["number"]) for row in only] == [desk["filed"]]
    assert table(instructor, onglet="archives") == []


def test_a_block_each_for_administrators_and_types(desk, instructor) -> None:
    """What was decided of each is beside it."""
    people = table(instructor, onglet="tous", tri="number", bloc="administrateurs")
    assert [(row["name"], row["accepted"]) for row in people] == [
        ("Jeanne CHARLES", "oui"),
        ("Jean DUPONT", "non"),
        ("Jeanne CHARLES", ""),
    ]
    assert people[1]["left_out_because"].startswith("Rien ne rattache")
    assert people[1]["phone"] == "'+32 2 123 45 67"
    types = table(instructor, onglet="tous", tri="number", bloc="types")
    assert [(row["type"], row["mail_domain"], row["accepted"]) for row in types] == [
        ("org", "", "oui"),
        ("pro", "'@agence.fr", "non"),
        ("org", "", ""),
    ]
    assert table(instructor, onglet="tous", bloc="x")[0]["state"]


def test_the_workbook_holds_every_block_as_typed_cells(desk, instructor) -> None:
    """Text stays text without a quote of ours, numbers are numbers, dates dates."""
    answer = instructor.get(XLSX, onglet="tous", tri="number")
    assert (
        answer["Content-Type"]
        == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    content = body(answer)
    found = sheets(content)
    assert list(found) == ["Dossiers", "Administrateurs", "Types de certificats"]
    assert found["Dossiers"][0] == [code for code, _label in COLUMNS[Block.DOSSIERS]]
    assert found["Dossiers"][2][0] == str(desk["accepted"])
    assert '=HYPERLINK("http://x")' in found["Dossiers"][2]
    assert [len(rows) for rows in found.values()] == [4, 5, 5]
    raw = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert 't="inlineStr"' in raw


def test_the_opendocument_workbook_holds_the_same(desk, instructor) -> None:
    """Read back by the library; what might be a formula is a string."""
    answer = instructor.get(f"{kit.LIST}export.ods", onglet="tous", tri="number")
    assert answer["Content-Type"] == "application/vnd.oasis.opendocument.spreadsheet"
    book = odfdo.Document(io.BytesIO(body(answer)))
    found = {sheet.name: sheet.get_values() for sheet in book.body.tables}
    assert [len(rows) for rows in found.values()] == [4, 5, 5]
    assert found["Dossiers"][0] == [code for code, _label in COLUMNS[Block.DOSSIERS]]
    assert found["Dossiers"][2][0] == desk["accepted"]
    hostile = '=HYPERLINK("http://x")'
    cells = [c for row in book.body.tables[0].rows for c in row.cells if c.value == hostile]
    assert [(cell.type, cell.formula) for cell in cells] == [("string", None)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula(text: str, applicant, instructor) -> None:
    """CSV begins with a quote, XLSX says that it is text."""
    number = dossiers.deposited(applicant.actor)
    revision = dossiers.row(number).revisions.get()
    revision.content["texts"]["use.solution"] = text
    revision.save()
    (row,) = table(instructor, onglet="tous")
    assert row["solution"] == f"'{text}"
    sheet = sheets(body(instructor.get(XLSX, onglet="tous")))["Dossiers"]
    typed = [cell for cell in sheet[2] if cell.endswith(text.strip()[-3:])]
    assert len(typed) == 1


@pytest.mark.parametrize("text", ["", "  ", "Jeanne", "a=b", "1-2", "a@b.fr", "0102030405"])
def test_other_cells_are_left_as_they_are(text: str) -> None:
    assert guarded(text) == text


def test_every_hostile_start_is_guarded() -> None:
    for text in HOSTILE:
        assert guarded(text) == f"'{text}"
    lines = list(table_lines([["code"]], [['a";"=1'], ["a\r\n=1"]]))
    assert lines[2] == '"a"";""=1"\r\n'


def test_every_export_is_journalled(desk, instructor, auditor) -> None:
    """Who, what list, how many; an auditor may export, and leaves the same trace."""
    table(instructor, onglet="tous", etat="filed")
    body(auditor.get(XLSX, onglet="tous"))
    told = [e for e in journal.recent(100) if e.event == "dossiers-exported"]
    assert [(e.actor, e.facts["form"], e.facts["count"]) for e in told] == [
        ("card:2800501033", "xlsx", 2),
        ("card:2800301011", "csv/dossiers", 1),
    ]
    assert told[1].facts["query"] == "onglet=tous&etat=filed"


def test_an_export_never_holds_one_s_own_dossier(instructor, applicant) -> None:
    """The list's own rule: nobody instructs their own."""
    dossiers.deposited(instructor.actor)
    number = dossiers.deposited(applicant.actor)
    assert [int(row["number"]) for row in table(instructor, onglet="tous")] == [number]


def test_columns_never_move() -> None:
    """Row 1 is a contract: add at the end, rename nothing."""
    codes = {block.value: " ".join(code for code, _label in COLUMNS[block]) for block in Block}
    assert codes == {
        "dossiers": "number state to_correct siret legal_name department finess quality surname"
        " given_names phone email card_number administrators types editor solution description"
        " assignee checks revision filed_at changed_at taken_at decided_at archived_at decision"
        " reason",
        "administrateurs": "number row siret card_number name phone email confirmed_at accepted"
        " left_out_because",
        "types": "number siret type domain server mail_domain accepted left_out_because",
    }
