"""Renewals: when they open, which key serves, what the old product and the new one say."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone

from apps.orders.counter import HOSPITAL, INFORMATION, Person, Sign, csr_pem, text_of, withdrawn
from apps.orders.ends import DAY, ends_in, renew, take
from guichet.authority.models import BurntKey, Certificate, SigningRequest
from guichet.domain.refusals import Code
from guichet.habilitations.models import Right
from guichet.journal import queries as journal
from guichet.orders import operations, queries
from guichet.orders.models import Contact, Order, OrderDraft, Product
from guichet.orders.policy import OrderPolicy
from kit import pki
from kit.refusals import assert_refused

CONTACTS = {key: INFORMATION[key] for key in ("actor_email", "informed_email")}


@pytest.fixture
def old(sophie: Person, sign: Sign) -> int:
    """A product of SOPHIE with 30 days left."""
    return ends_in(withdrawn(sophie, sign), 30)


def page_of(number: int) -> str:
    return f"/produits/suivre/parc/{number}/renouveler/"


def test_the_same_key_serves_once_more_and_both_are_valid(
    sophie: Person, old: int, sign: Sign
) -> None:
    """One press on a filled page; another certificate, the same key, and each names the other."""
    page = sophie.get(page_of(old))
    assert page.context["form"]["actor_email"].value() == INFORMATION["actor_email"]
    assert page.context["wants_same"]
    answer = sophie.post(
        page_of(old), {"key": "same", **CONTACTS, "informed_email": "x@hopital.fr"}
    )
    assert answer["Location"] == page_of(old) + "fait/"
    order = sophie.get(answer["Location"]).context["order"]
    assert (order.renewal_of, order.informed_email) == (old, "x@hopital.fr")
    assert "Renouvellement en cours" in text_of(sophie.get(f"/produits/suivre/parc/{old}/"))
    new = take(sophie, order.number, sign)
    keys = Certificate.objects.filter(pk__in=Product.objects.values("certificate_id"))
    assert keys.values("spki_sha256").distinct().count() == 1
    assert sorted(SigningRequest.objects.values_list("key_use", flat=True)) == [1, 2]
    first, second = (queries.product(n, sophie.actor, timezone.now()) for n in (old, new))
    assert first.is_revocable
    assert second.is_revocable
    assert f"/produits/suivre/parc/{new}/" in text_of(sophie.get(f"/produits/suivre/parc/{old}/"))
    assert f"/produits/suivre/parc/{old}/" in text_of(sophie.get(f"/produits/suivre/parc/{new}/"))
    assert f"renouvelé par {new}" in text_of(sophie.get("/produits/suivre/parc/"))
    assert journal.entries_about(f"order:{order.number}")[0].facts["renews"] == f"product:{old}"


def test_a_new_key_by_a_request(sophie: Person, old: int) -> None:
    """Its own page; a request with the old key counts as keeping it."""
    page = sophie.get(page_of(old), cle="nouvelle")
    assert 'name="csr_text"' in text_of(page)
    empty = sophie.post(page_of(old), {"key": "new", **CONTACTS})
    assert empty.status_code == 422
    assert 'name="csr_text"' in text_of(empty)
    sophie.post(page_of(old), {"key": "new", "csr_text": csr_pem(), **CONTACTS})
    assert SigningRequest.objects.values("spki_sha256").distinct().count() == 2


def test_a_request_with_the_old_key_keeps_it(sophie: Person, sign: Sign) -> None:
    """Another request of the same key is the same renewal; for anything else the key is seen."""
    key = pki.fresh_key("p-256")
    old = ends_in(withdrawn(sophie, sign, csr=csr_pem(key)), 30)
    answer = sophie.post(sophie.to_step_4() + "4/", {"csr_text": csr_pem(key)})
    assert "key-seen" in [e.code for e in answer.context["form"].non_field_errors().as_data()]
    renew(sophie, old, csr_pem(key))
    assert SigningRequest.objects.get(key_use=2).renews


def test_pressed_twice_or_asked_again_it_is_renewed_once(
    sophie: Person, old: int, sign: Sign
) -> None:
    """Until the first ends without a product; also when its product is revoked."""
    for _turn in range(2):
        answer = sophie.post(page_of(old), {"key": "same", **CONTACTS})
        assert answer["Location"] == page_of(old) + "fait/"
    order = Order.objects.get(renewal_of=old).number
    with assert_refused(Code.RENEWAL_PENDING, order=order):
        renew(sophie, old, csr_pem())
    assert f"/produits/suivre/demandes/{order}/" in text_of(sophie.get(page_of(old)))
    sign()
    operations.cancel(number=order, by=sophie.actor, at=timezone.now())
    new = take(sophie, renew(sophie, old, csr_pem()), sign)
    with assert_refused(Code.RENEWAL_PENDING):
        renew(sophie, old, csr_pem())
    sophie.post(f"/produits/revoquer/{new}/confirmer/?motif=superseded", {"confirmed": "on"})
    assert renew(sophie, old, csr_pem())


@pytest.mark.parametrize(
    ("days", "revoked", "code", "words"),
    [
        (91, False, Code.RENEWAL_NOT_OPEN, "n’est pas encore ouvert"),
        (-1, False, Code.RENEWAL_TOO_LATE, "Ce produit a expiré"),
        (30, True, Code.RENEWAL_REVOKED, "Un produit révoqué ne se renouvelle pas"),
    ],
)
def test_too_early_too_late_or_revoked(
    sophie: Person, sign: Sign, days: int, revoked: bool, code: Code, words: str
) -> None:
    """REFUSED, by every way in: told why, and a filled order where there is no renewal."""
    old = withdrawn(sophie, sign)
    if revoked:
        address = f"/produits/revoquer/{old}/confirmer/?motif=key-compromise"
        sophie.post(address, {"confirmed": "on"})
    ends_in(old, days)
    with assert_refused(code):
        renew(sophie, old)
    assert words in text_of(sophie.get(page_of(old)))
    assert sophie.post(page_of(old), {"key": "same", **CONTACTS}).status_code == 409
    if code is not Code.RENEWAL_NOT_OPEN:
        step = sophie.post(page_of(old), {"key": "again"})["Location"]
        assert sophie.get(step).context["form"]["service"].value() == "Monserviceclient"
        assert OrderDraft.objects.get(number=None).typed["renewal_of"] is None
    else:
        base = sophie.draft()
        sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
        assert sophie.post(base + "2/", {"renew": str(old)})["Location"] == page_of(old)


def test_the_opening_is_the_operator_s(sophie: Person, old: int, settings: object) -> None:
    """Ten days before the end, here."""
    settings.GUICHET_ORDERS = OrderPolicy(renewal_opens=10 * DAY)  # type: ignore[attr-defined]
    opens = queries.product(old, sophie.actor, timezone.now()).not_after - 10 * DAY
    with assert_refused(Code.RENEWAL_NOT_OPEN, opens_on=opens.date().isoformat()):
        renew(sophie, old)


@pytest.mark.parametrize("why", ["old", "burnt", "weak"])
def test_a_key_that_may_not_serve_again(
    sophie: Person, old: int, settings: object, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    """REFUSED by today's policy, and the page offers a new key alone."""
    if why == "old":
        settings.GUICHET_ORDERS = OrderPolicy(key_life=DAY)  # type: ignore[attr-defined]
    elif why == "burnt":
        spki = SigningRequest.objects.get().spki_sha256
        from guichet.authority import operations as authority  # noqa: PLC0415

        authority.burn_keys(spki_sha256s=[spki], by="x", at=timezone.now())
    else:
        from guichet.domain.certificates import key_policy  # noqa: PLC0415
        from guichet.domain.refusals import Objection  # noqa: PLC0415

        weak = Objection(Code.KEY_WEAK, (("check", "roca"),))
        monkeypatch.setattr(key_policy, "objections", lambda *_, **__: iter([weak]))
    code = {"old": Code.KEY_TOO_OLD, "burnt": Code.KEY_BURNT, "weak": Code.KEY_WEAK}[why]
    page = sophie.get(page_of(old))
    assert "Une nouvelle clé est nécessaire" in text_of(page)
    assert not page.context["wants_same"]
    with assert_refused(code):
        renew(sophie, old)


def test_what_is_no_longer_the_same_is_no_renewal(sophie: Person, old: int) -> None:
    """REFUSED at the last step: another service is another product."""
    base = sophie.draft()
    sophie.post(base + "1/", {"offer": "ORG", "structure_id": HOSPITAL})
    assert sophie.post(base + "2/", {"renew": str(old)})["Location"] == base + "3/"
    sophie.post(base + "3/", {**INFORMATION, "service": "Autre"})
    answer = sophie.post(base + "4/", {"csr_text": csr_pem()})
    assert "Ce n’est plus un renouvellement" in text_of(answer) or answer.status_code == 422
    assert not Order.objects.filter(renewal_of=old).exists()
    sophie.post(base + "3/", INFORMATION)
    assert sophie.post(base + "4/", {"csr_text": csr_pem()})["Location"] == base + "fin/"


def test_who_has_no_right_is_told_what_to_do(sophie: Person, jean: Person, old: int) -> None:
    """No silent gap: a representative, or an administrator whose right ended."""
    for who in (jean, sophie):
        if who is sophie:
            Right.objects.exclude(offer="SERV").update(ends_at=timezone.now())
        page = text_of(who.get(page_of(old)))
        assert "Vous ne pouvez pas renouveler ce produit vous-même" in page
        assert "/habilitations/renouvellement/" in page
        with assert_refused(Code.RIGHT_MISSING):
            renew(who, old)


@pytest.mark.parametrize("kind", ["p-256", "rsa-2048"])
@pytest.mark.parametrize("field", ["csr_text", "informed_email", "email"])
def test_a_private_key_in_any_field_is_burnt(
    sophie: Person, old: int, field: str, kind: str
) -> None:
    """BURNT though the rest be missing, never sent back, and nothing is done."""
    secret = private_pem(pki.fresh_key(kind))
    if field == "email":
        address = f"/produits/suivre/parc/{old}/contacts/"
        page = sophie.post(address, {"add": "1", "email": secret})
    else:
        page = sophie.post(page_of(old), {"key": "same", field: secret})
        assert page.context["form"]["actor_email"].value() == INFORMATION["actor_email"]
        assert "considérez-la comme compromise" in text_of(page)
    assert secret.splitlines()[1][:40] not in text_of(page)
    assert BurntKey.objects.count() == 1
    assert Contact.objects.count() == 2
    assert not Order.objects.filter(renewal_of=old).exists()


def private_pem(key: pki.Key) -> str:
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.private_bytes(*form).decode()


def test_a_compromised_key_names_its_successor(sophie: Person, old: int, sign: Sign) -> None:
    """Revoked for its key: the product that took the key over is one press away."""
    new = take(sophie, renew(sophie, old), sign)
    sophie.post(f"/produits/revoquer/{old}/confirmer/?motif=key-compromise", {"confirmed": "on"})
    address = f"/produits/revoquer/{new}/?motif=key-compromise"
    assert address in text_of(sophie.get(f"/produits/suivre/parc/{old}/"))


def test_strangers_see_nothing(sophie: Person, jeanne: Person, old: int) -> None:
    """404 everywhere, and nothing is written."""
    base = f"/produits/suivre/parc/{old}/"
    for path in ("renouveler/", "renouveler/fait/", "contacts/", "echeance.ics"):
        assert sophie.get(base + path).status_code in {200, 302}, path
        assert jeanne.get(base + path).status_code == 404, path
    for path, data in (
        ("renouveler/", {"key": "same", **CONTACTS}),
        ("renouveler/", {"key": "again"}),
        ("contacts/", {"add": "1", "email": "a@b.fr"}),
        ("contacts/", {"remove": CONTACTS["actor_email"]}),
        ("contacts/", {"again": CONTACTS["actor_email"]}),
    ):
        assert jeanne.post(base + path, data).status_code == 404, (path, data)
    assert Order.objects.count() == 1
    assert timedelta(days=29) < Product.objects.get().not_after - timezone.now() < 30 * DAY
