"""From a dossier to a certificate: the evidence file tells, and proves, the whole of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.habilitations import dossiers, rights_kit
from apps.habilitations import instruction_kit as kit
from apps.habilitations.dossiers import JEANNE_CARD, Person
from apps.orders import incidents
from apps.orders.counter import ShortKeys
from guichet.authority import hierarchy
from guichet.authority.signer import Signer
from guichet.demo import register, registers
from guichet.demo.people import AGENCY as DEMO_AGENCY
from guichet.demo.people import HOSPITAL, PEOPLE
from guichet.directories.register import Register
from guichet.domain.catalogue.authorities import specs
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.identifiers import Siret
from guichet.habilitations.models import Right
from guichet.habilitations.operations import delegating, lives, renewing, staffing
from guichet.habilitations.operations.delegating import DelegationAsked
from guichet.habilitations.operations.lives import Kept
from guichet.habilitations.policy import CarryOver, DossierPolicy
from guichet.identities.models import Account, Card
from guichet.identities.queries import actor_of
from guichet.orders import evidence, operations
from guichet_verify.findings import Level
from guichet_verify.verifying import Report, Trust, verify
from kit import published_log
from kit.kept_rows import KEPT

pytestmark = pytest.mark.django_db
PKI_BASE = "http://127.0.0.1:8080"
AGENCY = f"3{dossiers.AGENCY}"
NEW_CARD, PERSON, STAFF = "2800203049", "899700203047", "2800999991"


@pytest.fixture
def accepted(applicant: Person, instructor: Person, known_registers: Register) -> Person:
    """The representative of a structure whose dossier was deposited and accepted."""
    dossier = kit.take(dossiers.deposited(applicant.actor), instructor.actor)
    kit.decide(dossier, instructor.actor)
    return applicant


@pytest.fixture
def evidence_of(tmp_path: Path, settings: Any) -> Callable[..., str]:
    """The evidence file of a product that somebody orders, as that person gets it."""
    keystore, began = ShortKeys(), timezone.now() - timedelta(days=400)
    for spec in specs():
        keystore.generate(spec.code, spec.algorithm)
    KEPT.make("short hierarchy", lambda: hierarchy.create(keystore, pki_base=PKI_BASE, at=began))

    def make(who: Person, structure: str = AGENCY) -> str:
        number = incidents.placed(who, structure=structure)
        Signer(keystore, PKI_BASE).run_once(timezone.now())
        operations.collect_issued(timezone.now())
        number = incidents.taken(who, number)
        published_log.integrate(tmp_path / "keys")
        product = evidence.product_for(number, who.actor, timezone.now())
        return json.dumps(evidence.evidence_of(product, who.actor, timezone.now()))

    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)
    return make


def proved(file: str) -> Report:
    """The report of a file in which nothing lacks, but a key and a root known otherwise."""
    report = verify(file.encode(), Trust())
    told = {one.code.value for one in report.findings if one.level is not Level.GOOD}
    assert told == {"key-contained", "root-contained"}
    return report


def tied(report: Report) -> set[str]:
    return {str(one.facts["document"]) for one in report.findings if one.code == "document-good"}


def test_the_dossier_and_its_decision_are_proved_and_nobody_in_them_is_named(
    evidence_of: Callable[..., str], accepted: Person, holder: Person
) -> None:
    file = evidence_of(holder)
    assert {"dossier", "decision", "habilitation"} <= tied(proved(file))
    for name in ("DUPONT", "MOREL", "monmail@sante.fr", accepted.actor.ref):
        assert name not in file


def test_a_right_carried_over_then_narrowed_shows_its_dossier_and_what_carried_it(
    evidence_of: Callable[..., str],
    accepted: Person,
    holder: Person,
    known_registers: Register,
    settings: Any,
) -> None:
    """Neither card is named: the old one's holder has another today."""
    settings.GUICHET_HABILITATIONS = DossierPolicy(report_habilitation=CarryOver.AUTOMATIC)
    at = timezone.now()
    until = at.replace(hour=0, minute=0, second=0) + timedelta(days=1500)
    rights_kit.know_card(known_registers, NEW_CARD, "CHARLES", "JEANNE", PERSON, until)
    account = Account.objects.get(pk=holder.actor.account_id)
    card = Card.objects.create(
        number=NEW_CARD, account=account, holder_name="CHARLES / JEANNE", opened_at=at
    )
    jeanne = replace(holder, actor=actor_of(account, card, "ecps"))
    assert renewing.ask(national_id=AGENCY, by=jeanne.actor, at=timezone.now()) > 0
    carried = Right.objects.get(card_number=NEW_CARD, offer="ORG")
    kept = Kept(usages=frozenset({Usage.AUTH_CLI}))
    lives.narrow(
        key=str(carried.key), kept=kept, because="Moins", by=accepted.actor, at=timezone.now()
    )
    file = evidence_of(jeanne)
    assert {"dossier", "decision", "habilitation", "carrying"} <= tied(proved(file))
    assert JEANNE_CARD not in file


@pytest.mark.parametrize(
    ("origin", "shown"),
    [
        (None, {"dossier", "decision", "delegation", "habilitation"}),
        ("register", {"habilitation"}),
    ],
)
def test_a_right_by_delegation_shows_it_and_the_dossier_of_the_structure(
    evidence_of: Callable[..., str],
    accepted: Person,
    enter: Callable[..., Person],
    known_registers: Register,
    origin: str | None,
    shown: set[str],
) -> None:
    """The editor's card orders; the structure's dossier stands behind, if it has one."""
    if origin:
        Right.objects.filter(structure__national_id=AGENCY).update(origin=origin)
    rights_kit.structure(rights_kit.EDITOR, "EDITEUR", rights_kit.EDITOR_SIRET)
    eve = rights_kit.appoint(enter("Eve", "EDITRICE"), rights_kit.EDITOR)
    pia = enter("Pia", "COLLABORATRICE", card=STAFF, national_id="899700999991")
    at = timezone.now()
    until = at.replace(hour=0, minute=0, second=0) + timedelta(days=900)
    rights_kit.know_card(known_registers, STAFF, "COLLABORATRICE", "PIA", "899700999991", until)
    staffing.declare(
        siret=rights_kit.EDITOR_SIRET,
        card_number=STAFF,
        name="Pia COLLABORATRICE",
        email="pia@editeur.fr",
        by=eve.actor,
        at=at,
    )
    asked = DelegationAsked(
        editor_siret=Siret(rights_kit.EDITOR_SIRET),
        offers=frozenset({Offer.ORG}),
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=30),
    )
    pk = delegating.give(national_id=AGENCY, asked=asked, by=accepted.actor, at=timezone.now())
    delegating.accept(pk=pk, by=eve.actor, at=timezone.now())
    file = evidence_of(pia)
    report = verify(file.encode(), Trust())
    told = {"dossier", "decision", "delegation", "habilitation", "carrying"}
    assert report.ok
    assert tied(report) & told == shown
    assert "EDITRICE" not in file


def test_the_demo_s_hospital_and_agency_stand_on_dossiers_of_their_own(
    evidence_of: Callable[..., str], tmp_path: Path
) -> None:
    """Their administrators hold what the demo says, opened by two instructors."""
    at = timezone.now()
    registers.load(tmp_path, at)
    register.fill(at)
    by_dossier = Right.objects.filter(origin__startswith="dossier:", ends_at__gt=at)
    names = [(row.domains, row.mail_domains) for row in by_dossier if "SMIME" in row.usages]
    assert names == [(["hopital-3-dames.fr"], ["hopital-3-dames.fr"])]
    held = {
        (row.structure.national_id, row.card_number, row.offer, frozenset(row.usages))
        for row in by_dossier.select_related("structure")
    }
    assert held == {
        (one.structure, who.card_number, one.offer, frozenset(one.usages))
        for who in PEOPLE
        for one in who.rights
        if one.structure in {HOSPITAL, DEMO_AGENCY}
    }
    sophie = next(one for one in PEOPLE if one.file == "sophie")
    card = Card.objects.select_related("account").get(number=sophie.card_number)
    who = Person(actor_of(card.account, card, "card"), Client())
    assert {"dossier", "decision", "habilitation"} <= tied(proved(evidence_of(who, HOSPITAL)))
