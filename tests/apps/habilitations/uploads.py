"""Files that people send: good ones of each kind, and hostile ones."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\0" * 40
TIFF = b"II*\0\x08\0\0\0" + b"\0" * 40
TEXT = "Été à Nîmes ;\n1;2\n".encode()
LATIN = "Été à Nîmes\n".encode("latin-1")


def archive(*names: str, mimetype: str = "") -> bytes:
    """A ZIP holding these names; `mimetype` stands first and stored, as OpenDocument wants."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as found:
        if mimetype:
            found.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name in names:
            found.writestr(name, "<x/>")
    return made.getvalue()


def bomb() -> bytes:
    """A Word document whose text unpacks to 64 MB of nothing."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as found:
        found.writestr("[Content_Types].xml", "<x/>")
        found.writestr("word/document.xml", b"\0" * 64_000_000)
    return made.getvalue()


OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
DOCX = archive("[Content_Types].xml", "word/document.xml")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
ODT = archive("content.xml", mimetype=f"{OPEN_DOCUMENT}text")
ODS = archive("content.xml", mimetype=f"{OPEN_DOCUMENT}spreadsheet")


def upload(content: bytes = PDF, name: str = "mandat.pdf", declared: str = "text/html") -> Any:
    """As Django hands it over; the declared type is a lie unless a test says otherwise."""
    return SimpleUploadedFile(name, content, content_type=declared)
