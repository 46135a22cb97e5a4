"""What a machine account may use of its structure's rights is never more than they give."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.habilitations import Right
from guichet.domain.identifiers import Fqdn
from guichet.domain.machines import MachineScope, narrowed

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("a.test", "b.a.test", "c.b.a.test", "d.test", "a.d.test", "ba.test")
some_names = st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple)


def right(domains: tuple[str, ...], servers: tuple[str, ...] = (), structure: str = "1") -> Right:
    return Right(
        id="r",
        card_number="1",
        structure_id=structure,
        offer=Offer.SERV,
        usages=frozenset({Usage.SSL_SERV, Usage.AUTH_CLI}),
        domains=domains,
        mail_domains=(),
        servers=servers,
        starts_at=SINCE,
        ends_at=None,
    )


def scope(*names: str, profiles: frozenset[str] = frozenset({"SERV/SSL_SERV"})) -> MachineScope:
    return MachineScope(
        account="m",
        structure_id="1",
        delegation=None,
        verbs=frozenset(),
        profiles=profiles,
        names=names,
    )


def covers(found: Right, name: str) -> bool:
    return name in found.servers or any(
        Fqdn(name).is_within(Fqdn(domain)) for domain in found.domains
    )


@given(domains=some_names, servers=some_names, names=some_names, asked=st.sampled_from(NAMES))
def test_a_name_is_covered_where_both_cover_it(
    domains: tuple[str, ...], servers: tuple[str, ...], names: tuple[str, ...], asked: str
) -> None:
    whole, limits = right(domains, servers), scope(*names)
    (cut,) = narrowed([whole], limits)
    assert covers(cut, asked) == (covers(whole, asked) and limits.holds_name(asked))


def test_profiles_and_structures_are_cut_too() -> None:
    (cut,) = narrowed([right(("a.test",))], scope())
    assert cut.usages == {Usage.SSL_SERV}
    assert narrowed([right(("a.test",))], scope(profiles=frozenset({"ORG/AUTH_CLI"}))) == ()
    assert narrowed([right(("a.test",), structure="2")], scope()) == ()
