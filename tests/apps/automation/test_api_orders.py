"""The REST order flow: order, follow, withdraw, revoke; what others hold does not exist."""

from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509

from apps.automation.callers import JEANNE, Api
from guichet.identities.actors import Actor
from guichet.orders.models import Product

Body = Callable[..., dict[str, Any]]
WITHDRAWAL = {"revocation_code": "une phrase à moi", "accept_terms": True}


def place(api: Api, body: dict[str, Any]) -> int:
    """Place a good order; its number."""
    answer = api.post("/orders", body)
    assert answer.status_code == 202, answer.content.decode()
    return int(answer.json()["number"])


def codes(answer: Any) -> set[tuple[str, str]]:
    """Codes and fields of a problem's objections."""
    found = answer.json()["objections"]
    return {(item["code"], item["facts"].get("field", "")) for item in found}


def test_the_whole_flow(api: Api, order_body: Body, sign_everything: Callable[[], None]) -> None:
    """Order, wait, withdraw, read again, revoke (docs/how-to/api-par-programme.md)."""
    number = place(api, order_body())
    assert api.get(f"/orders/{number}").json()["state"] == "issuing"
    early = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL)
    assert (early.status_code, early.json()["code"]) == (409, "move-forbidden")
    sign_everything()
    assert api.get(f"/orders/{number}").json()["state"] == "available"

    withdrawn = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL)
    assert withdrawn.status_code == 200
    certificate = x509.load_pem_x509_certificate(withdrawn.json()["certificate"].encode())
    chain = x509.load_pem_x509_certificates(withdrawn.json()["chain"].encode())
    certificate.verify_directly_issued_by(chain[0])
    assert "CN=Monserviceclient" in certificate.subject.rfc4514_string()
    assert api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).status_code == 409

    product = withdrawn.json()["product"]
    again = api.get(f"/products/{product}").json()
    assert again["certificate"] == withdrawn.json()["certificate"]
    assert (again["state"], again["order"]) == ("active", number)
    assert api.get("/products?state=active").json()["count"] == 1
    Product.objects.update(owner_name="Réseau", owner_email="reseau@hopital.fr")
    labelled = api.get("/products?owner=RESEAU@hopital.fr").json()["items"]
    assert [(item["owner_name"], item["tags"]) for item in labelled] == [("Réseau", [])]
    assert api.get("/products?tag=cardio").json()["count"] == 0

    revoked = api.post(f"/products/{product}/revocation", {"reason": "key-compromise"})
    assert revoked.status_code == 200
    assert api.get(f"/products/{product}").json()["state"] == "revoked"
    twice = api.post(f"/products/{product}/revocation", {"reason": "key-compromise"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already-revoked")


def test_a_card_without_right_revokes_by_code(
    as_card: Callable[[Actor], Api],
    api: Api,
    order_body: Body,
    sign_everything: Callable[[], None],
) -> None:
    number = place(api, order_body())
    sign_everything()
    product = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL).json()["product"]
    other = as_card(JEANNE)
    path, reason = f"/products/{product}/revocation", {"reason": "theft"}
    assert other.post(path, reason).status_code == 404
    wrong = other.post(path, reason | {"revocation_code": "pas la bonne phrase"})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "revocation-code-wrong")
    right = other.post(path, reason | {"revocation_code": WITHDRAWAL["revocation_code"]})
    assert right.status_code == 200


def test_the_same_key_gives_the_same_order(api: Api, order_body: Body) -> None:
    body = order_body()
    first = api.post("/orders", body, Idempotency_Key="7a1c").json()["number"]
    assert api.post("/orders", body, Idempotency_Key="7a1c").json()["number"] == first
    other = api.post("/orders", order_body(service="Autre"), Idempotency_Key="7a1c")
    assert other.json()["code"] == "idempotency-conflict"
    assert api.get("/orders").json()["count"] == 1


@pytest.mark.parametrize("key", ["", " ", "é", "a b", "x" * 201])
def test_an_odd_key_is_refused(api: Api, order_body: Body, key: str) -> None:
    answer = api.post("/orders", order_body(), Idempotency_Key=key)
    assert answer.status_code in {400, 422}


def test_every_field_that_is_wrong_is_named_as_the_api_names_it(api: Api, order_body: Body) -> None:
    answer = api.post("/orders", order_body(structure="x", service=None, actor_email="nobody"))
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert codes(answer) == {
        ("structure-id-invalid", "structure"),
        ("field-missing", "service"),
        ("email-invalid", "actor_email"),
    }


def test_a_person_s_fields_are_named_below_person(api: Api, order_body: Body) -> None:
    person = {"national_id": "1", "surname": "DUPONT", "given_names": "JEAN"}
    body = order_body(offer="PRO", usage="SIGN", service=None, person=person, mail="a@b.fr")
    assert ("person-id-invalid", "person.national_id") in codes(api.post("/orders", body))


def test_misspelt_and_missing_fields_are_told_apart(api: Api, order_body: Body) -> None:
    answer = api.post("/orders", order_body(fqnd="a.fr", csr=None))
    assert codes(answer) == {("field-unexpected", "fqnd"), ("field-missing", "csr")}


def test_a_structure_without_right_is_refused(api: Api, order_body: Body) -> None:
    answer = api.post("/orders", order_body(structure="10B0288882"))
    assert answer.status_code in {403, 404}
    assert api.get("/orders").json()["count"] == 0


def test_a_private_key_is_refused(api: Api, order_body: Body) -> None:
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    from kit import pki  # noqa: PLC0415

    pem = pki.fresh_key("p-256").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    answer = api.post("/orders", order_body(csr=pem.decode()))
    assert (answer.status_code, answer.json()["code"]) == (422, "csr-is-private-key")
    assert "PRIVATE KEY" not in answer.content.decode()


@pytest.mark.parametrize("path", ["/orders/{}", "/orders/{}/withdrawal"])
def test_orders_of_others_do_not_exist(
    as_card: Callable[[Actor], Api], api: Api, order_body: Body, path: str
) -> None:
    """The same answer as for a number that was never given: no oracle."""
    number = place(api, order_body())
    other = as_card(JEANNE)

    def answer(of: int) -> Any:
        address = path.format(of)
        return other.post(address, WITHDRAWAL) if "with" in path else other.get(address)

    hidden, absent = answer(number), answer(999_999)
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json()["code"] == absent.json()["code"] == "order-unknown"
    assert other.get("/orders").json()["items"] == []


def test_terms_must_be_accepted(
    api: Api, order_body: Body, sign_everything: Callable[[], None]
) -> None:
    number = place(api, order_body())
    sign_everything()
    path = f"/orders/{number}/withdrawal"
    refused = api.post(path, WITHDRAWAL | {"accept_terms": False})
    assert refused.json()["code"] == "terms-not-accepted"
    weak = api.post(path, WITHDRAWAL | {"revocation_code": "aaaaaaaa"})
    assert weak.json()["code"] == "revocation-code-weak"
    assert api.post(path, WITHDRAWAL | {"accept_terms": "yes"}).status_code == 400


def test_lists_are_narrowed_and_paged(api: Api, order_body: Body) -> None:
    numbers = [place(api, order_body(service=name)) for name in ("Accueil", "Biologie", "Cuisine")]
    found = api.get("/orders?text=biologie").json()
    assert [item["number"] for item in found["items"]] == [numbers[1]]
    assert api.get("/orders?state=available").json()["count"] == 0
    assert api.get("/orders?structure=10B0288882").json()["count"] == 0
    assert api.get("/orders?page=99").json()["page"] == 1


def test_structures_tell_what_the_card_may_order(api: Api) -> None:
    [structure] = api.get("/structures").json()
    assert structure["structure"] == "10B0135356"
    offers = {right["offer"]: right for right in structure["rights"]}
    assert offers["ORG"]["usages"] == ["AUTH_CLI", "SIGN"]
    assert offers["SERV"]["domains"] == ["hopital.fr"]
