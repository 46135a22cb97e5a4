"""Revoking a list of certificates: products and orders follow, people are told once each."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone
from rich.console import Console
from typer.testing import CliRunner

from apps.orders.counter import Person, Sign, withdrawn
from guichet.authority import queries as authority
from guichet.authority.models import Certificate
from guichet.cli import app
from guichet.journal import verify
from guichet.journal.models import Entry
from guichet.notifications.models import OutboxMail
from guichet.orders.models import Order, Product, RevocationNotice
from guichet.orders.operations import telling
from guichet.processes import incidents
from guichet.processes.witnesses import witnesses
from kit import commands

ADDRESSES = ["nepasdependre@debalnominatives.fr", "privilegier@leslistesdediffusion.fr"]


class Run:
    """The command on a file, with what it says."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said = ""
        self.asked: list[str] = []

    def __call__(self, text: str, *, reason: str = "keyCompromise", yes: bool = True) -> int:
        self.path.write_text(text)
        screen = Console(file=io.StringIO(), width=200)

        def confirm(question: str) -> bool:
            self.asked.append(question)
            return yes

        code = incidents.revoke_file(self.path, reason, screen=screen, confirm=confirm)
        assert isinstance(screen.file, io.StringIO)
        self.said = screen.file.getvalue()
        return code


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "serials.txt")


@pytest.fixture
def serials(sophie: Person, sign: Sign) -> list[str]:
    """Two products, an order that waits, one that was not collected yet; and a CA's certificate."""
    withdrawn(sophie, sign)
    withdrawn(sophie, sign)
    sophie.orders()
    number = sophie.orders()
    sign()
    Order.objects.filter(number=number).update(
        state="issuing", certificate_id=None, available_at=None
    )
    rows = Certificate.objects.exclude(request=None).order_by("pk")
    alone = Certificate.objects.filter(request=None).latest("pk")
    return [row.serial_hex for row in (*rows, alone)]


def mails() -> list[OutboxMail]:
    return list(OutboxMail.objects.filter(about__startswith="incident:"))


def test_everything_follows(run: Run, serials: list[str]) -> None:
    """Certificates, products, orders, the journal, and one e-mail an address."""
    assert run("# struck\n\n" + "\n".join(serials)) == 0
    assert run.asked == ["Revoke 5 certificates for keyCompromise? This cannot be undone."]
    assert "5 certificates revoked in" in run.said
    revoked = Certificate.objects.filter(serial_hex__in=serials)
    assert set(revoked.values_list("state", "reason")) == {("revoked", "keyCompromise")}
    products = list(Product.objects.order_by("pk"))
    assert {row.revocation_motive for row in products} == {"key-compromise"}
    assert {row.revoked_by for row in products} == {"l’opérateur du guichet"}
    first, second = (row.revocation_number for row in products)
    assert first is not None
    assert second == first + 1
    states = Order.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "withdrawn", "revoked", "revoked"]
    assert not verify.verify(None, witnesses()).faults
    events = list(Entry.objects.order_by("seq").values_list("event", flat=True))
    assert [events.count(e) for e in ("certificate-revoked", "product-revoked")] == [5, 2]
    assert events.count("order-revoked") == 2
    mail, other = mails()
    assert sorted(mail.to + other.to) == ADDRESSES
    assert mail.subject == "4 de vos certificats sont révoqués"
    assert mail.text.count("numéro de série") == 2
    assert mail.text.count("jamais retiré") == 2


def test_a_second_run_changes_nothing(run: Run, serials: list[str]) -> None:
    """Nothing to confirm, nobody told again."""
    run("\n".join(serials))
    entries = Entry.objects.count()
    assert run("\n".join(reversed(serials)).lower().replace(":", "")) == 0
    assert len(run.asked) == 1
    assert "5 are revoked already" in run.said
    assert "0 people are told" in run.said
    assert (Entry.objects.count(), len(mails())) == (entries, len(ADDRESSES))


def test_a_run_that_was_cut_is_taken_up(
    run: Run, serials: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One list for what both runs revoked; a batch that fails holds up no other."""
    monkeypatch.setattr(incidents, "BATCH", 1)
    strike, calls = incidents.orders.strike, []

    def failing(**asked: Any) -> Any:
        calls.append(asked)
        if len(calls) == 2:
            raise OperationalError("the disk is full")
        if len(calls) == 3:
            raise KeyboardInterrupt
        return strike(**asked)

    monkeypatch.setattr(incidents.orders, "strike", failing)
    with pytest.raises(KeyboardInterrupt):
        run("\n".join(serials))
    assert (Product.objects.exclude(revoked_at=None).count(), len(mails())) == (1, 0)
    assert run("\n".join(serials)) == 0
    mail, _other = mails()
    assert mail.subject == "4 de vos certificats sont révoqués"


def test_what_the_database_refused_is_told(
    run: Run, serials: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """REFUSED, for a batch: how many, why, and what to do."""

    def failing(**_: Any) -> Any:
        raise OperationalError("the disk is full")

    monkeypatch.setattr(incidents.orders, "strike", failing)
    assert run("\n".join(serials)) == 1
    assert "5 certificates: the database failed: the disk is full" in run.said
    assert "run the same command again" in run.said


def test_lines_that_cannot_be_followed(run: Run, serials: list[str]) -> None:
    """REFUSED one by one; the others are revoked."""
    wrong = ["zz:top", "[red]-12[/red]", "AA:BB", "F" * 41]
    assert run("\n".join([serials[0], *wrong, serials[0]])) == 1
    assert run.asked == ["Revoke 1 certificates for keyCompromise? This cannot be undone."]
    for line in (
        "line 2: not a serial number: zz:top",
        "line 3: not a serial number: [red]-12[/red]",
        "line 4: no certificate has the serial AABB",
        f"line 5: not a serial number: {41 * 'F'}",
    ):
        assert line in run.said
    assert Product.objects.exclude(revoked_at=None).count() == 1


def test_many_failures_are_counted(run: Run, serials: list[str]) -> None:
    """Twenty are named."""
    assert run("\n".join(f"{number:X}" for number in range(1, 31))) == 1
    assert run.said.count("no certificate has the serial") == incidents.SHOWN
    assert "and 10 others" in run.said
    assert run.asked == []


def test_a_change_of_mind(run: Run, serials: list[str]) -> None:
    """Nothing is revoked without a yes."""
    assert run("\n".join(serials), yes=False) == 1
    assert "Nothing was revoked." in run.said
    assert not Certificate.objects.filter(state="revoked").exists()


@pytest.mark.parametrize("reason", ["certificateHold", "because"])
def test_a_reason_that_is_not_definitive(run: Run, serials: list[str], reason: str) -> None:
    """REFUSED before anything is read."""
    assert run(serials[0], reason=reason) == incidents.USAGE
    assert run.said.startswith(f"{reason}: one of unspecified, keyCompromise,")


def test_a_file_that_cannot_be_read(run: Run, db: None, tmp_path: Path) -> None:
    """REFUSED, in words."""
    screen = Console(file=io.StringIO())
    refused: Callable[[str], bool] = lambda _: False  # noqa: E731
    (tmp_path / "latin.txt").write_bytes(b"\xe9")
    for name in ("absent.txt", "latin.txt"):
        code = incidents.revoke_file(tmp_path / name, "superseded", screen=screen, confirm=refused)
        assert code == incidents.USAGE


def test_people_are_told_though_the_command_died(serials: list[str], run: Run) -> None:
    """By the clerk, once it is clear that nobody is at it any more."""
    run(serials[0])
    OutboxMail.objects.all().delete()
    RevocationNotice.objects.update(told_at=None)
    now = timezone.now()
    assert telling.tell_left_over(now) == 0
    assert telling.tell_left_over(now + telling.LEFT_ALONE + timedelta(minutes=1)) == len(ADDRESSES)
    mail, _other = mails()
    assert mail.subject == "Un de vos certificats est révoqué"
    assert telling.tell_left_over(now + timedelta(days=1)) == 0


def test_a_long_list_is_cut(run: Run, serials: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The e-mail says how many others there are, and where to see them."""
    monkeypatch.setattr(telling, "LISTED", 1)
    run("\n".join(serials))
    mail, _other = mails()
    assert "3 autres certificats" in mail.text
    assert "/produits/suivre/parc/?etat=revoked" in mail.text


@pytest.mark.parametrize("arguments", [[], ["AA", "--file", "x"]])
def test_one_serial_or_a_file(arguments: list[str]) -> None:
    """REFUSED: neither, or both."""
    found = CliRunner().invoke(app, ["revoke", *arguments])
    assert found.exit_code == 2
    assert "give a serial number, or --file" in found.output


def test_the_commands_of_the_guide(
    serials: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list is revoked; then the lists of every authority tell what they hold."""
    monkeypatch.chdir(tmp_path)
    revoke, lists = commands.told("how-to/incident")
    Path("series.txt").write_text("# rapport du 25 novembre\n" + "\n".join(serials))
    assert "5 certificates revoked" in commands.guichet(revoke, typed="y\n")[0]
    assert Product.objects.filter(revoked_at=None).count() == 0
    told = commands.guichet(lists)[0]
    assert all(one.code in told for one in authority.authorities())
