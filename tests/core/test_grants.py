"""The rights an accepted declaration opens: card × offer, SSL and mail of SERV in one."""

from datetime import UTC, datetime

from core.test_dossier_parsing import typed
from guichet.domain.catalogue.offers import Offer, Usage
from guichet.domain.dossier import parsing
from guichet.domain.dossier.declaration import OPENS, CertificateType, Declaration
from guichet.domain.dossier.grants import Grant, grants
from guichet.domain.dossier.typed import ADMINISTRATORS

JEANNE, PAUL = "a1b2c3", "d4e5f6"
END = datetime(2028, 2, 1, tzinfo=UTC)
ENDS = {"0203040506": END, "0304050607": None}
EVERY = frozenset(CertificateType)


def declared() -> Declaration:
    form = typed(
        types__serv_ssl="on",
        types__ssl_domain="domaine.fr",
        types__serv_mail="on",
        types__serv_mail_domain="@domaine.fr",
        types__pro="on",
        types__pro_mail_domain="@pro.domaine.fr",
    ).with_row(ADMINISTRATORS, PAUL)
    path = f"{ADMINISTRATORS}.{PAUL}"
    return parsing.parse(
        form.with_texts(
            {
                f"{path}.card_number": "0304050607",
                f"{path}.name": "Paul MARTIN",
                f"{path}.phone": "0102030405",
                f"{path}.email": "paul@sante.fr",
            }
        )
    )


def opened(rows: set[str], types: frozenset[CertificateType]) -> tuple[Grant, ...]:
    return grants(declared(), rows=rows, types=types, card_ends=ENDS)


def test_the_whole_declaration() -> None:
    """Two cards, three offers each; the end is the card's, and may be unknown."""
    found = opened({JEANNE, PAUL}, EVERY)
    assert [(g.card_number, g.offer) for g in found] == [
        (card, offer)
        for card in ("0203040506", "0304050607")
        for offer in (Offer.ORG, Offer.SERV, Offer.PRO)
    ]
    assert {g.ends_at for g in found if g.row == JEANNE} == {END}
    assert {g.ends_at for g in found if g.row == PAUL} == {None}


def test_ssl_and_mail_of_serv_are_one_right() -> None:
    """Usages and names of both, since two rights of one offer would overlap."""
    serv = next(g for g in opened({JEANNE}, EVERY) if g.offer is Offer.SERV)
    assert serv.usages == {Usage.SSL_SERV, Usage.SMIME, Usage.SIGN, Usage.CONF}
    assert (serv.domains, serv.servers, serv.mail_domains) == (("domaine.fr",), (), ("domaine.fr",))


def test_what_is_left_out_opens_nothing() -> None:
    """A row or a type that was not accepted gives no right, and no name to another's."""
    only_ssl = opened({PAUL}, frozenset({CertificateType.SERV_SSL}))
    assert [(g.row, g.offer, g.usages) for g in only_ssl] == [
        (PAUL, Offer.SERV, frozenset({Usage.SSL_SERV}))
    ]
    assert only_ssl[0].mail_domains == ()
    assert opened(set(), EVERY) == ()
    assert opened({JEANNE}, frozenset()) == ()
    assert opened({"stranger"}, EVERY) == ()


def test_every_type_opens_usages_of_its_offer() -> None:
    """Deck, "Sélection des certificats": no type opens anything else."""
    assert {kind: (offer, sorted(usages)) for kind, (offer, usages) in OPENS.items()} == {
        CertificateType.ORG: (Offer.ORG, ["AUTH_CLI", "CONF", "SIGN"]),
        CertificateType.SERV_SSL: (Offer.SERV, ["SSL_SERV"]),
        CertificateType.SERV_MAIL: (Offer.SERV, ["CONF", "SIGN", "SMIME"]),
        CertificateType.PRO: (Offer.PRO, ["AUTH", "CONF", "SIGN"]),
    }
