"""Lines of groups read from spreadsheets; archives of requests opened within bounds."""

import io
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.catalogue import profiles
from guichet.domain.orders import request_archives
from guichet.domain.orders.groups import (
    GroupKind,
    columns_of,
    line_objections,
    read_lines,
)
from guichet.domain.orders.request_archives import match, open_archive
from guichet.domain.refusals import Code, Refusal
from kit.refusals import assert_refused

ORG = profiles.profile("ORG/AUTH_CLI")
SERVICES = columns_of(GroupKind.SERVICES, ORG)
STRUCTURES = columns_of(GroupKind.STRUCTURES, ORG)
COMMON = {
    "offer": "ORG",
    "usage": "AUTH_CLI",
    "structure_id": "10B0135356",
    "actor_email": "a@hopital.fr",
}
cells = st.text(
    st.characters(codec="cp1252", exclude_categories=("Cc", "Cf", "Zs")), min_size=1, max_size=20
)


def test_columns_are_those_of_the_profile() -> None:
    assert SERVICES == ("service", "actor_email", "informed_email")
    assert ("structure_id", *SERVICES) == STRUCTURES
    smime = columns_of(GroupKind.SERVICES, profiles.profile("SERV/SMIME"))
    assert smime == ("mail", "actor_email", "informed_email")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize(
    "heading",
    [
        ("Service applicatif", "Email de l’acteur"),
        ("service", "actor_email"),
        (" APPLICATION SERVICE ", "Actor email"),
    ],
)
def test_files_of_every_spreadsheet(
    encoding: str, separator: str, heading: tuple[str, str]
) -> None:
    """French or English headings; blank lines do not count, and lines keep the file's number."""
    cells = separator.join(('"Télé\r\nimagerie"', "a@b.fr"))
    rows = [separator.join(heading), "", "", "", cells, separator, "Bloc"]
    lines = read_lines("\r\n".join(rows).encode(encoding), SERVICES)
    assert [dict(line.typed) for line in lines] == [
        {"service": "Télé\r\nimagerie", "actor_email": "a@b.fr"},
        {"service": "Bloc"},
    ]
    assert [line.file_line for line in lines] == [5, 8]


@given(st.lists(cells, min_size=1, max_size=20), st.sampled_from(";,\t"))
def test_what_is_written_is_read(services: list[str], separator: str) -> None:
    """Any text, quoted as csv quotes it, comes back the same."""
    quoted = ['"' + text.replace('"', '""') + '"' for text in services]
    content = "\n".join([separator.join(("service", "actor_email")), *quoted])
    lines = read_lines(content.encode(), SERVICES)
    assert [line.typed.get("service", "") for line in lines] == [t.strip() for t in services]


@given(st.binary(max_size=400))
def test_no_file_makes_a_fault(data: bytes) -> None:
    """Any bytes are lines or a refusal."""
    with suppress(Refusal):
        assert read_lines(data, SERVICES)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", Code.GROUP_EMPTY),
        (b"service\n\n;;\n", Code.GROUP_EMPTY),
        (b"service;couleur\na;b", Code.LINES_COLUMN_UNKNOWN),
        (b"structure;service\na;b", Code.LINES_COLUMN_UNKNOWN),
        (b"service;Service applicatif\na;b", Code.LINES_COLUMN_TWICE),
        (b"service;actor_email\na;b;c", Code.LINES_CELLS_TOO_MANY),
        (b'service\n"a', Code.LINES_UNREADABLE),
        (b"service\n\x81\x8d", Code.LINES_UNREADABLE),
        ("service\na".encode("utf-16"), Code.LINES_UNREADABLE),
        (b"service\n" + b"a\n" * 201, Code.GROUP_TOO_LONG),
        (b"service\n" + b"a\n" * 400_000, Code.GROUP_TOO_LONG),
        (b"service\n" + b"a" * 400_000, Code.LINES_UNREADABLE),
    ],
)
def test_files_that_are_refused(content: bytes, code: Code) -> None:
    """REFUSED, whole, with what to do."""
    with assert_refused(code):
        read_lines(content, SERVICES)


def test_lines_are_judged_together() -> None:
    """Each objection says its line and its column; a line that repeats another is told."""
    lines = [
        {"service": "Un"},
        {"service": "", "actor_email": "x@"},
        {"service": "ÚN"},
        {"service": "Un", "structure_id": "10B0288882"},
    ]
    found = [(o.position, o.field, o.objection.code) for o in line_objections(COMMON, lines)]
    assert found == [
        (2, "service", Code.FIELD_MISSING),
        (2, "actor_email", Code.EMAIL_INVALID),
        (3, "service", Code.GROUP_LINE_TWICE),
    ]


def archive(*files: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", kind) as target:
        for name, content in files:
            target.writestr(zipfile.ZipInfo(name) if kind == zipfile.ZIP_STORED else name, content)
    return written.getvalue()


def test_an_archive_gives_its_files() -> None:
    """Folders and what macOS adds do not count."""
    data = archive(
        ("csr/", b""), ("csr/un.csr", b"1"), ("__MACOSX/._un.csr", b"x"), ("csr/.DS_Store", b"")
    )
    assert [(f.name, f.stem, f.content) for f in open_archive(data)] == [("un.csr", "un", b"1")]


def link(name: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as target:
        member = zipfile.ZipInfo(name)
        member.external_attr = 0o120777 << 16
        target.writestr(member, "/etc/passwd")
    return written.getvalue()


def liar() -> bytes:
    """A megabyte that its headers call ten bytes."""
    data = archive(("a.csr", b"\0" * 1_000_000))
    return data.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))


def encrypted() -> bytes:
    data = bytearray(archive(("a.csr", b"x"), kind=zipfile.ZIP_STORED))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not a zip", Code.ARCHIVE_UNREADABLE),
        (encrypted(), Code.ARCHIVE_UNREADABLE),
        (archive(("a.csr", b"x"), kind=zipfile.ZIP_BZIP2), Code.ARCHIVE_UNREADABLE),
        (liar(), Code.ARCHIVE_UNREADABLE),
        (archive(("a.csr", b"\0" * 60_000)), Code.ARCHIVE_TOO_LARGE),
        (archive(("a.csr", b"x" * 70_000), kind=zipfile.ZIP_STORED), Code.ARCHIVE_TOO_LARGE),
        (archive(*((f"{n}.csr", b"") for n in range(401))), Code.ARCHIVE_TOO_LARGE),
        (b"\0" * (request_archives.ARCHIVE_AT_MOST + 1), Code.ARCHIVE_TOO_LARGE),
        (archive(("../a.csr", b"x")), Code.ARCHIVE_NAME_UNSAFE),
        (archive(("/etc/a.csr", b"x")), Code.ARCHIVE_NAME_UNSAFE),
        (archive(("a\\b.csr", b"x")), Code.ARCHIVE_NAME_UNSAFE),
        (archive(("c:a.csr", b"x")), Code.ARCHIVE_NAME_UNSAFE),
        (link("a.csr"), Code.ARCHIVE_NAME_UNSAFE),
    ],
)
def test_archives_that_are_refused(data: bytes, code: Code) -> None:
    """REFUSED before anything is inflated past its bounds."""
    with assert_refused(code):
        open_archive(data)


def test_requests_go_to_the_lines_they_name() -> None:
    """By file name, else by the name inside; what names two lines or none is told."""
    lines = [("1", "Imagerie"), ("2", "Bloc opératoire"), ("3", "Accueil"), ("4", "Accueil")]
    names = [
        ("imagerie", "x"),
        ("fichier", "BLOC OPERATOIRE"),
        ("accueil", ""),
        ("3", ""),
        ("Imagerie", ""),
        ("autre", ""),
    ]
    found = match(names, lines)
    assert found.by_position == {1: 0, 2: 1, 3: 3}
    assert found.unmatched == (2, 5)
    assert found.rivals == (4,)
