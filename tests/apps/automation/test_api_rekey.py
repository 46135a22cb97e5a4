"""Another key by REST: the same number again, and a problem for what cannot be."""

from collections.abc import Callable
from typing import Any

from apps.automation.callers import JEANNE, SOPHIE, Api, csr_pem
from guichet.identities.actors import Actor

Body = Callable[..., dict[str, Any]]
WITHDRAWAL = {"revocation_code": "une phrase à moi", "accept_terms": True}


def test_another_key_by_rest(
    api: Api,
    as_card: Callable[[Actor], Api],
    order_body: Body,
    sign_everything: Callable[[], None],
) -> None:
    number = api.post("/orders", order_body()).json()["number"]
    path, new = f"/orders/{number}/rekey", {"csr": csr_pem()}
    early = api.post(path, new)
    assert (early.status_code, early.json()["code"]) == (409, "move-forbidden")
    sign_everything()
    assert as_card(JEANNE).post(path, new).status_code == 404
    api = as_card(SOPHIE)
    for csr, status, code in (
        ("", 422, "csr-missing"),
        (csr_pem("rsa-1024"), 422, "key-too-short"),
        ("x" * 70_000, 413, "csr-too-large"),
    ):
        answer = api.post(path, {"csr": csr})
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    for _turn in range(2):
        answer = api.post(path, new)
        assert answer.status_code == 202
        assert (answer.json()["number"], answer.json()["attempt"]) == (number, 2)
    assert answer.json()["state"] == "issuing"
    sign_everything()
    withdrawn = api.post(f"/orders/{number}/withdrawal", WITHDRAWAL)
    assert withdrawn.status_code == 200
    late = api.post(path, {"csr": csr_pem()})
    assert (late.status_code, late.json()["code"]) == (409, "move-forbidden")
