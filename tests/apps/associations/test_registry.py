"""Services and their certificates: what may be attached, by whom, and what is published."""

import json
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone
from joserfc import jws, jwt
from joserfc.jwk import ECKey

from apps.associations.conftest import asked
from apps.orders.counter import LABORATORY, Person, Sign, withdrawn
from apps.orders.ends import ends_in, renew, take
from guichet.associations import operations, queries, signing
from guichet.associations.facts import ServiceFacts
from guichet.associations.publishing import Bulletin
from guichet.domain.catalogue.twins import Environment
from guichet.domain.orders.revocation import RevocationMotive
from guichet.domain.refusals import Code
from guichet.journal import queries as journal
from guichet.orders import operations as orders
from guichet.orders.models import Product
from guichet.x509 import bundles, certificate
from kit.refusals import assert_refused

Declare = Callable[..., ServiceFacts]


def published(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """What the file says: certificates by client identifier."""
    found = json.loads((folder / "associations.json").read_text())["services"]
    return {one["client_id"]: one["certificates"] for one in found}


def attach(service: ServiceFacts, product: int, by: Person) -> None:
    operations.attach(key=service.key, product=product, by=by.actor, at=timezone.now())


def revoke(product: int, by: Person) -> None:
    why = RevocationMotive.THEFT
    orders.revoke(product_number=product, by=by.actor, code=None, motive=why, at=timezone.now())


def test_one_certificate_for_two_services_until_it_is_detached_or_revoked(
    sophie: Person, sign: Sign, declare: Declare, tmp_path: Path
) -> None:
    """The file follows each act; nothing is written when nothing changed."""
    first, second = declare("hopital-dpi"), declare("hopital-labo")
    bulletin, at = Bulletin(tmp_path), timezone.now()
    assert bulletin.publish(at) == 1
    assert published(tmp_path) == {"hopital-dpi": [], "hopital-labo": []}
    product = withdrawn(sophie, sign)
    attach(first, product, sophie)
    attach(second, product, sophie)
    assert bulletin.publish(at := timezone.now()) == 1
    assert bulletin.publish(at) == 0
    seen = published(tmp_path)
    (told,), (also,) = seen.values()
    assert told["x5t#S256"] == also["x5t#S256"]
    assert told["until"] is None
    assert told["serial"] == Product.objects.get(number=product).serial_hex
    assert told["subject_dn"].startswith("CN=Monserviceclient,OU=10B0135356,")
    operations.detach(key=second.key, product=product, by=sophie.actor, at=timezone.now())
    bulletin.publish(timezone.now())
    assert [len(found) for found in published(tmp_path).values()] == [1, 0]
    revoke(product, sophie)
    bulletin.publish(timezone.now())
    assert published(tmp_path) == {"hopital-dpi": [], "hopital-labo": []}
    operations.close(key=second.key, by=sophie.actor, at=timezone.now())
    bulletin.publish(timezone.now())
    assert published(tmp_path) == {"hopital-dpi": []}
    assert list(tmp_path.iterdir()) == [tmp_path / "associations.json"]


def test_what_is_attached_while_a_round_is_under_way_is_told_by_the_next(
    sophie: Person, sign: Sign, declare: Declare, tmp_path: Path
) -> None:
    """The round began before, and finds what begins later: nothing else happens in between."""
    service, product = declare("hopital-dpi"), withdrawn(sophie, sign)
    bulletin, began = Bulletin(tmp_path), timezone.now()
    attach(service, product, sophie)
    assert bulletin.publish(began) == 1
    assert published(tmp_path) == {"hopital-dpi": []}
    assert bulletin.publish(timezone.now()) == 1
    assert [len(found) for found in published(tmp_path).values()] == [1]


def test_what_is_published_is_signed_by_a_key_of_the_hierarchy(
    sophie: Person, sign: Sign, declare: Declare, tmp_path: Path, settings: Any
) -> None:
    """As soon as the key is certified; a closed service leaves nothing signed."""
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path / "state")
    service, other = declare(), declare("hopital-labo")
    bulletin = Bulletin(tmp_path)
    bulletin.publish(timezone.now())
    assert not (tmp_path / "associations.jws").exists()
    assert [signing.maintain(timezone.now()), sign(), signing.maintain(timezone.now())] == [
        1,
        None,
        1,
    ]
    attach(service, withdrawn(sophie, sign), sophie)
    bulletin.publish(timezone.now())
    token = (tmp_path / "associations" / f"{service.key}.jws").read_text()
    header = json.loads(urlsafe_b64decode(token.partition(".")[0] + "=="))
    leaf, issuer = (b64decode(one) for one in header["x5c"])
    assert certificate.is_signed_by(leaf, issuer)
    public = bundles.pem(certificate.spki_der(leaf), "PUBLIC KEY")
    registry = jws.JWSRegistry(algorithms=["ES256"])
    registry.max_header_length = len(token)
    claims = jwt.decode(token, ECKey.import_key(public), registry=registry).claims
    assert claims["sub"] == "hopital-dpi"
    assert claims["service"]["certificates"] == published(tmp_path)["hopital-dpi"]
    operations.close(key=other.key, by=sophie.actor, at=timezone.now())
    bulletin.publish(timezone.now())
    assert {one.stem for one in (tmp_path / "associations").iterdir()} == {str(service.key)}
    assert not sorted((tmp_path / "state/responder/statement").glob("*.next.pem"))


def test_the_renewal_is_attached_by_itself_and_the_old_one_stays(
    sophie: Person, sign: Sign, declare: Declare, tmp_path: Path
) -> None:
    """Overlap: both are accepted, then the old one leaves at its end without any act."""
    service = declare()
    old = ends_in(withdrawn(sophie, sign), 30)
    attach(service, old, sophie)
    new = take(sophie, renew(sophie, old), sign)
    now = timezone.now()
    found = queries.service(service.key, sophie.actor, now)
    assert [one.product for one in found.certificates] == [new, old]
    assert found.certificates[1].until == found.certificates[1].not_after
    entry = journal.entries_about(f"service:{service.key}")[-1]
    assert (entry.event, entry.facts["product"]) == ("certificate-carried-over", new)
    bulletin = Bulletin(tmp_path)
    bulletin.publish(now)
    assert len(published(tmp_path)["hopital-dpi"]) == 2
    bulletin.publish(found.certificates[1].not_after + timedelta(seconds=1))
    (left,) = published(tmp_path)["hopital-dpi"]
    assert left["sha256"] == found.certificates[0].sha256


def test_what_may_not_be_attached(
    sophie: Person, jeanne: Person, sign: Sign, declare: Declare
) -> None:
    """Other kinds, the other environment, twice, revoked, another structure's."""
    service, product = declare(), withdrawn(sophie, sign)
    real = declare("reel", environment=Environment.PRODUCTION)
    for code, key, number, by in (
        (Code.ASSOCIATION_ENVIRONMENT, real.key, product, sophie),
        (Code.SERVICE_UNKNOWN, service.key, product, jeanne),
        (Code.PRODUCT_UNKNOWN, service.key, 1, sophie),
    ):
        with assert_refused(code):
            operations.attach(key=key, product=number, by=by.actor, at=timezone.now())
    attach(service, product, sophie)
    with assert_refused(Code.ASSOCIATION_PRESENT):
        attach(service, product, sophie)
    revoke(product, sophie)
    with assert_refused(Code.ASSOCIATION_NOT_LIVE):
        attach(declare("autre"), product, sophie)


def test_a_client_identifier_is_declared_once(
    sophie: Person, jeanne: Person, declare: Declare
) -> None:
    """By one structure at a time; a closed service frees it."""
    service = declare()
    theirs = asked(structure_id=LABORATORY)
    with assert_refused(Code.CLIENT_ID_TAKEN):
        operations.declare(asked=theirs, by=jeanne.actor, at=timezone.now())
    operations.close(key=service.key, by=sophie.actor, at=timezone.now())
    operations.declare(asked=theirs, by=jeanne.actor, at=timezone.now())
    with assert_refused(Code.STRUCTURE_UNKNOWN):
        operations.declare(asked=asked("x-1"), by=jeanne.actor, at=timezone.now())
