"""What is kept of one person: handed out whole; erased but for what law keeps, then all of it."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from typer.testing import CliRunner

from apps.orders.counter import everything_stored, withdrawn
from guichet.cli import app
from guichet.domain.retention import Kind
from guichet.habilitations.models import Right
from guichet.identities.models import Account, Card
from guichet.journal import erasing
from guichet.journal.verify import FaultKind, verify
from guichet.notifications.models import OutboxMail
from guichet.orders.models import Contact, Order, Product
from guichet.processes import personal_data, retention
from kit import commands

PAGE = "explanation/donnees-personnelles"
YEAR = timedelta(days=365)
CARD, EMAIL, NUMBER = "2800143590", "sophie@hopital.fr", "899700366240"
MARKS = (CARD, EMAIL, NUMBER, "SOPHIE", "DIRECTRICE")


@pytest.fixture
def product(sophie, sign) -> int:
    """Of Sophie, who began another order, and answers for this one; nothing of hers is open."""
    number = withdrawn(sophie, sign)
    sophie.to_step_4()
    held = Product.objects.get(number=number)
    held.owner_name, held.owner_email = "Sophie Directrice", EMAIL
    held.search_text = held.searched()
    held.save()
    Contact.objects.create(order=held.order, email=EMAIL, role=Contact.ADDED, since=timezone.now())
    Right.objects.filter(card_number=CARD).update(closed_at=timezone.now())
    return number


def is_whole() -> bool:
    """The journal, but for checkpoints, which tests keep none of."""
    return {fault.kind for fault in verify(()).faults} <= {FaultKind.NO_CHECKPOINT}


def left_of(marks: tuple[str, ...]) -> list[str]:
    stored = everything_stored().casefold()
    return [mark for mark in marks if mark.casefold() in stored]


def test_everything_is_handed_out(
    product: int, sophie, jeanne, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As JSON and as words, by any of the person's names; nothing of another's, and no secret."""
    assert CliRunner().invoke(app, ["personal", "export", EMAIL]).exit_code == 1, "shared"
    Account.objects.filter(pk=jeanne.account.pk).update(email="jeanne@labo.fr")
    jeanne.draft()
    monkeypatch.chdir(tmp_path)
    (block,) = commands.told(PAGE)
    for word in (CARD, EMAIL, f"account:{sophie.account.public_id}"):
        made = tmp_path / f"{word[:5]}.zip"
        commands.guichet(block, {CARD: word, "sophie.zip": made.name})
        assert made.stat().st_mode & 0o777 == 0o600
        archive = zipfile.ZipFile(io.BytesIO(made.read_bytes()))
        names = {Path(name).stem for name in archive.namelist()}
        assert {"identities_account", "orders_order", "orders_product", "journal"} <= names
        assert "notifications_outboxmail" in names
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
        assert json.loads(texts["orders_product.json"])[0]["number"] == product
        assert EMAIL in texts["lisible.txt"]
        whole = "".join(texts.values())
        assert "JEANNE" not in whole
        for secret in ("argon2", Product.objects.get(number=product).code_hash):
            assert secret not in whole


def test_not_before_rights_end(product: int) -> None:
    """Who may still order works with us: said with what ends it, and nothing is touched."""
    Right.objects.filter(card_number=CARD).update(closed_at=None)
    told = CliRunner().invoke(app, ["personal", "erase", CARD, "--reason", "asked", "--yes"])
    assert told.exit_code == 1
    assert "rights are open. First close them" in told.output
    assert left_of(MARKS) == list(MARKS)


def test_what_law_keeps_is_told(product: int, sophie) -> None:
    """Who asked for a certificate stays; the rest goes, and nobody logs in by it again."""
    tried = CliRunner().invoke(app, ["personal", "erase", CARD, "--reason", "x", "--dry-run"])
    assert (tried.exit_code, left_of(MARKS)) == (0, list(MARKS))
    assert "seven years after its end" in tried.output
    typed = CliRunner().invoke(app, ["personal", "erase", CARD, "--reason", "asked"], input="no\n")
    assert (typed.exit_code, left_of(MARKS)) == (1, list(MARKS))
    (block,) = commands.told(PAGE)
    assert CARD in block
    commands.guichet(block, typed="erase\n")
    order = Order.objects.get(product__number=product)
    assert order.requester_ref == f"card:{CARD}"
    assert EMAIL not in repr(vars(order)) + repr(vars(order.product))
    assert not Contact.objects.filter(email=EMAIL).exists()
    assert not OutboxMail.objects.exists()
    account = Account.objects.get(pk=sophie.account.pk)
    assert (account.is_active, account.national_id, account.roles) == (False, None, [])
    assert not Card.objects.filter(number=CARD).exists()
    assert sophie.get("/produits/suivre/").status_code == 302
    assert is_whole()
    assert erasing.find({f"card:{CARD}", EMAIL}).seqs == ()


def test_once_law_lets_go_nothing_is_left(product: int) -> None:
    """Every text of every table, after eleven years: none of the marks; the journal is whole."""
    personal_data.erase(personal_data.named(CARD), "asked", timezone.now() + 11 * YEAR)
    assert left_of(MARKS) == []
    assert is_whole()
    again = personal_data.erase(personal_data.named(CARD), "again", timezone.now() + 11 * YEAR)
    assert (again.entries, sum(again.done.scrubbed.values())) == (0, 0)


def test_what_is_past_its_time_goes(sophie, authorities) -> None:
    """E-mails, and who asked for what gave no certificate; told first."""
    number = sophie.orders()
    Order.objects.filter(number=number).update(ended_at=timezone.now(), state="cancelled")
    later = timezone.now() + 2 * YEAR
    OutboxMail.objects.create(
        to=[EMAIL],
        created_at=timezone.now(),
        next_try_at=later,
        language="fr",
        about="x:1",
        dedupe_key="sent",
        state="sent",
    )
    due = retention.due(later)
    assert due[Kind.ORDERS_WITHOUT_CERTIFICATE] == due[Kind.MAILS] == 1
    assert retention.let_go(later)[Kind.MAILS] == 1
    order = Order.objects.get(number=number)
    assert (order.requester_label, order.actor_email, order.number) == ("(effacé)", "", number)
    assert not sum(v for k, v in retention.due(later).items() if k is not Kind.IDLE_ACCOUNTS)
    assert "past their time" in CliRunner().invoke(app, ["retention"]).output
