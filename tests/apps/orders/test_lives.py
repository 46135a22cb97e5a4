"""The life of a product: approval, order, labels, mails, renewal, each with its proof."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.orders.counter import Person, Sign, text_of, withdrawn
from guichet.domain.orders.revocation import RevocationMotive
from guichet.journal import queries as journal
from guichet.orders import operations
from guichet.orders.models import Order, Product

PARK = "/produits/suivre/parc/"


def lines(somebody: Person, product: int) -> list[str]:
    life = somebody.get(f"{PARK}{product}/").context["life"]
    instants = [line.at for line in life if line.at is not None]
    assert instants == sorted(instants)
    return [line.title.replace("\u202f", " ") for line in life]


def test_every_step_is_told_with_its_proof(sophie: Person, jean: Person, sign: Sign) -> None:
    """From the habilitation to the end of validity; proofs lead to entries that are there."""
    product = withdrawn(sophie, sign)
    sophie.post(f"{PARK}{product}/etiquettes/", {"acte": "tag", "tag": "production"})
    told = lines(jean, product)
    for title in (
        "Habilitation ouverte",
        "Demande prise en compte",
        "Certificat créé par l’autorité",
        "Certificat retiré",
        "Étiquette ajoutée",
        "Fin de validité",
    ):
        assert title in told, title
    assert sum(title.startswith("Courriel :") for title in told) == 3
    life = jean.get(f"{PARK}{product}/").context["life"]
    page = text_of(jean.get(f"{PARK}{product}/journal/"))
    proofs = [link.href for line in life for link in line.links if "#entree-" in link.href]
    assert len(proofs) == 4
    for address in proofs:
        assert f'id="{address.partition("#")[2]}"' in page
    shown = jean.get(f"{PARK}{product}/journal/").context["proofs"]
    assert all(proof.words and proof.words in page for proof in shown)


def test_a_renewal_and_a_revocation_are_told(sophie: Person, sign: Sign) -> None:
    product = withdrawn(sophie, sign)
    again = sophie.orders()
    Order.objects.filter(number=again).update(renewal_of=product)
    operations.revoke(
        product_number=product,
        by=sophie.actor,
        code=None,
        motive=RevocationMotive.SUPERSEDED,
        at=timezone.now(),
    )
    told = lines(sophie, product)
    assert "Renouvellement demandé" in told
    assert told[-1].startswith("Courriel :")
    assert "Certificat révoqué" in told
    assert "Fin de validité" not in told


def test_proofs_are_the_journals_and_hide_other_people(
    sophie: Person, jean: Person, jeanne: Person, sign: Sign
) -> None:
    """Digests are those of the chain; a colleague's card is not shown; a stranger finds nothing."""
    product = withdrawn(sophie, sign)
    address = f"{PARK}{product}/journal.json"
    answer: Any = jean.get(address)
    content = json.loads(answer.content)
    card = sophie.actor.card_number or ""
    assert card not in answer.content.decode()
    assert card not in text_of(jean.get(f"{PARK}{product}/journal/"))
    order = Product.objects.get(number=product).order.number
    seqs = [entry.seq for entry in journal.entries_about(f"order:{order}")]
    known = {kept.link.seq: kept for kept in journal.stored(seqs)}
    events = {entry["event"] for entry in content["entries"]}
    assert {"order-placed", "order-withdrawn", "certificate-issued"} <= events
    for shown in content["entries"]:
        if (kept := known.get(shown["seq"])) is not None:
            assert kept.is_true()
            assert (kept.digest, kept.link.previous) == (shown["digest"], shown["previous"])
    assert {e["actor"] for e in content["entries"]} == {"somebody", "guichet"}
    for path in ("journal/", "journal.json"):
        assert jeanne.get(f"{PARK}{product}/{path}").status_code == 404


@pytest.mark.both_databases
def test_proofs_are_found_through_an_index(sophie: Person, sign: Sign) -> None:
    """No entry of others is read: the database says which index it used."""
    product = withdrawn(sophie, sign)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        sophie.get(f"{PARK}{product}/journal.json")
    [query] = [q["sql"] for q in captured if 'FROM "journal_entry"' in q["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {query}")
        assert "journal_subject" in str(cursor.fetchall())
