"""Domains proved by a TXT record, asked of a real DNS server on the loopback."""
# ruff: noqa: F811 a fixture is an argument of the same name

from __future__ import annotations

from datetime import timedelta

import dns.rcode
import pytest
from django.utils import timezone

from apps.habilitations import dossiers
from apps.habilitations.domain_proofs import (  # noqa: F401 the fixtures
    DOMAIN,
    RECORD,
    _hospital,
    _quick,
    challenge,
    check,
    jean,
    proved,
    zone,
)
from apps.habilitations.rights_kit import (
    CLINIC,
    HOSPITAL,
    NOW,
    appoint,
    structure,
)
from guichet.conf.environment import ConfigurationError, Environment
from guichet.domain.dossier import checks, parsing
from guichet.domain.dossier.checks import Rule
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierAct
from guichet.domain.refusals import Code
from guichet.habilitations import dns as guichet_dns
from guichet.habilitations import registers
from guichet.habilitations.dns import DnsResolver, DnsUnavailable
from guichet.habilitations.models import DomainProof
from guichet.habilitations.operations import deciding, proving
from guichet.habilitations.operations.deciding import Choice
from guichet.journal import queries as journal
from kit.refusals import assert_refused

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=31)


def test_a_published_token_proves_the_domain(zone, jean) -> None:
    """ACCEPTED. Journalled once; checking again keeps the first date."""
    row = challenge(jean)
    assert check(row, jean) is False
    zone.publish(RECORD, "v=spf1 -all", f" {row.token} ")
    assert check(row, jean) is True
    assert check(row, jean, NOW + MONTH) is True
    row.refresh_from_db()
    assert (row.proved_at, row.last_answer) == (NOW, "found")
    told = [e for e in journal.entries_about(f"structure:{HOSPITAL}") if e.event == "domain-proved"]
    assert [entry.facts["domain"] for entry in told] == [DOMAIN]
    assert ("udp", RECORD) in zone.asked


@pytest.mark.parametrize(
    "published",
    [(), ("another",), ("",), ("x" * 300,), ("prefix-{token}",), ("{half}",), ("{token}{token}",)],
)
def test_anything_else_proves_nothing(zone, jean, published) -> None:
    """REFUSED. The whole token, alone in its record."""
    row = challenge(jean)
    filled = (text.format(token=row.token, half=row.token[:20]) for text in published)
    zone.publish(RECORD, *filled)
    assert check(row, jean) is False
    row.refresh_from_db()
    assert (row.proved_at, row.last_answer) == (None, "missing")


def test_the_token_of_another_structure_proves_nothing(zone, jean, enter) -> None:
    """REFUSED. Each structure has a token of its own for the same domain."""
    other = appoint(enter("Denise", "AUTRE", email="d@clinique.fr"), structure(CLINIC, "CLINIQUE"))
    pk = proving.challenge(national_id=CLINIC, domain=DOMAIN, by=other.actor, at=NOW)
    zone.publish(RECORD, DomainProof.objects.get(pk=pk).token)
    assert check(challenge(jean), jean) is False
    with assert_refused(Code.DOMAIN_UNKNOWN):
        check(DomainProof.objects.get(pk=pk), jean)


def test_an_alias_and_a_long_answer_are_followed(zone, jean) -> None:
    """ACCEPTED. CNAME, and TCP where UDP is too short."""
    row = challenge(jean)
    zone.cname[RECORD] = "preuves.hebergeur.fr"
    zone.truncates = True
    zone.publish("preuves.hebergeur.fr", *(f"{place:0200}" for place in range(20)), row.token)
    assert check(row, jean) is True
    assert ("tcp", RECORD) in zone.asked


@pytest.mark.parametrize("trouble", ["silent", "servfail", "refused"])
def test_a_dns_that_does_not_answer_proves_nothing_either_way(zone, jean, trouble) -> None:
    """REFUSED as unavailable; a proof once given stays."""
    row = proved(zone, jean)
    zone.silent = trouble == "silent"
    errors = {"servfail": dns.rcode.SERVFAIL, "refused": dns.rcode.REFUSED}
    zone.rcode = errors.get(trouble)
    with assert_refused(Code.DNS_UNAVAILABLE, domain=DOMAIN):
        check(row, jean, NOW + MONTH)
    row.refresh_from_db()
    assert (row.proved_at, row.last_answer) == (NOW, "unavailable")


def test_a_name_without_records_has_none(zone) -> None:
    """No such name, and a name without TXT, are the same answer: nothing."""
    zone.empty.add("vide.fr")
    resolver = DnsResolver(zone.address)
    assert resolver.txt("vide.fr") == resolver.txt("absent.fr") == ()
    zone.publish("long.fr", "é" * 200)
    assert resolver.txt("long.fr")[0].startswith("é")


def test_a_closed_port_is_unavailable() -> None:
    """Whatever the network says, it is one answer."""
    with pytest.raises(DnsUnavailable):
        DnsResolver("127.0.0.1:9").txt("hopital.fr")
    assert guichet_dns.resolver().txt  # the system's own


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hopital.FR", "hopital.fr"),
        ("@hopital.fr", "hopital.fr"),
        ("hôpital.fr", "xn--hpital-ixa.fr"),
    ],
)
def test_the_same_domain_has_one_token(jean, typed, kept) -> None:
    """Typed anyhow, asked twice: one row."""
    row = challenge(jean, typed)
    assert row.domain == kept
    assert challenge(jean, typed).token == row.token
    assert len(row.token) == 43


@pytest.mark.parametrize("typed", ["fr", "*.hopital.fr", "hôpital", "a b.fr", "asso.fr"])
def test_what_nobody_can_hold_is_refused(jean, typed) -> None:
    """REFUSED."""
    with assert_refused(
        Code.DOMAIN_NAME_PUBLIC_SUFFIX if typed == "asso.fr" else Code.DOMAIN_NAME_INVALID
    ):
        challenge(jean, typed)


def test_a_structure_has_so_many_challenges(jean, monkeypatch) -> None:
    """REFUSED beyond; those asked before still answer."""
    monkeypatch.setattr(proving, "PROOFS_AT_MOST", 2)
    first = challenge(jean, "un.fr")
    challenge(jean, "deux.fr")
    with assert_refused(Code.TOO_MANY_TRIES):
        challenge(jean, "trois.fr")
    assert challenge(jean, "un.fr") == first


@pytest.mark.parametrize(
    ("asked", "finding", "needs_second"),
    [
        ("neuf.fr", "proved", False),
        ("portail.neuf.fr", "proved-above", False),
        ("autreneuf.fr", "new", True),
    ],
)
def test_a_proved_domain_makes_the_check_green(
    asked, finding, needs_second, zone, known_registers, applicant
) -> None:
    """A name that is proved, or below one that is, needs no second approval; others do."""
    national_id = structure(f"3{dossiers.AGENCY}", dossiers.AGENCY_NAME, dossiers.AGENCY)
    appoint(applicant, national_id)
    pk = proving.challenge(national_id=national_id, domain="neuf.fr", by=applicant.actor, at=NOW)
    zone.publish("_guichet-challenge.neuf.fr", DomainProof.objects.get(pk=pk).token)
    proving.check(
        pk=pk,
        national_id=national_id,
        resolver=guichet_dns.resolver(),
        by=applicant.actor,
        at=NOW,
    )
    changes = {"types.serv_ssl": "on", "types.ssl_domain": asked}
    number = dossiers.complete_draft(applicant.actor, changes)
    declared = parsing.parse(dossiers.typed(number))
    at = timezone.now()
    found = checks.verdicts(declared, registers.facts_about(declared, at), at.date())
    assert [v.finding for v in found if v.rule is Rule.DOMAIN] == [finding]
    kept = Choice(
        act=DossierAct.ACCEPT,
        rows=frozenset(who.row for who in declared.administrators),
        types=frozenset({CertificateType.SERV_SSL}),
    )
    assert bool(deciding._second_because(kept, found)) is needs_second


@pytest.mark.parametrize(
    "text", ["dns.fr:53", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", ":53"]
)
def test_a_resolver_is_an_address_and_a_port(text) -> None:
    """REFUSED at the start, by the name of the setting."""
    with pytest.raises(ConfigurationError, match="GUICHET_DNS_RESOLVER"):
        Environment.read({"GUICHET_DNS_RESOLVER": text})


@pytest.mark.parametrize("text", ["127.0.0.1:53", "[::1]:5353", ""])
def test_resolvers_one_may_set(text) -> None:
    """ACCEPTED."""
    assert Environment.read({"GUICHET_DNS_RESOLVER": text}).dns_resolver == text
