"""What a verb of the command prints, where, and how it ends."""

import pytest
import typer

from guichet.cli.base import end
from guichet.conf.readers import without_password
from guichet.processes.told import Told


@pytest.mark.parametrize(
    ("ok", "is_report", "printed"),
    [
        (True, False, ("said\n", "")),
        (False, False, ("", "said\n")),
        (True, True, ("said\n", "")),
        (False, True, ("said\n", "")),
    ],
)
def test_what_went_wrong_is_told_apart_but_for_reports(
    ok: bool, is_report: bool, printed: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A pipe gets an answer or nothing; a report is an answer whatever it finds."""
    with pytest.raises(typer.Exit) as ended:
        end(Told(ok, "said"), is_report=is_report)
    assert ended.value.exit_code == (0 if ok else 1)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == printed


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://guichet:of:an@odd:kind@db/guichet", "postgresql://guichet:…@db/guichet"),
        ("postgresql://guichet:secret@db:5432/guichet", "postgresql://guichet:…@db:5432/guichet"),
        ("postgresql://guichet:pa/ss@db/guichet", "postgresql://guichet:…@db/guichet"),
        ("postgresql://guichet:1234/ab@db/guichet", "postgresql://guichet:…@db/guichet"),
        ("postgres://guichet:1234?@db:5432/guichet", "postgres://guichet:…@db:5432/guichet"),
        ("smtp://user:2468/x@smtp.x:587", "smtp://user:…@smtp.x:587"),
        ("postgresql://guichet@db:5432/guichet", "postgresql://guichet@db:5432/guichet"),
        ("https://user:pa/ss@h:8443/a", "https://user:…@h:8443/a"),
        ("smtp://apikey:SG.abc/def+gh@smtp.x:587", "smtp://apikey:…@smtp.x:587"),
        ("smtp://user@example.org:secret@smtp.x:587", "smtp://user@example.org:…@smtp.x:587"),
        ("https://h:8080/a@b", "https://h:8080/a@b"),
        ("https://h:8443?mail=a@b", "https://h:8443?mail=a@b"),
        ("postgresql://guichet@db/guichet", "postgresql://guichet@db/guichet"),
        ("sqlite:////var/guichet.sqlite3", "sqlite:////var/guichet.sqlite3"),
    ],
)
def test_an_address_is_shown_without_its_password(address: str, shown: str) -> None:
    assert without_password(address) == shown
