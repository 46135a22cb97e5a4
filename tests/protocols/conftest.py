"""Products that a session's tests share: they are ordered once."""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kit.java import Judge
    from kit.stack import Stack
    from protocols.evidence import Evidence
    from protocols.products import Product


@pytest.fixture(scope="session")
def client_product(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Product:
    """An ORG/AUTH_CLI certificate that stays good."""
    from protocols.products import obtain

    return obtain(stack, tmp_path_factory.mktemp("client"))


@pytest.fixture(scope="session")
def revoked_product(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Product:
    """Another, revoked by its holder; whoever validates learns it within seconds."""
    from protocols.products import call, obtain

    product = obtain(stack, tmp_path_factory.mktemp("revoked"), kind="rsa")
    call(stack, f"/products/{product.id}/revocation", {"reason": "superseded"})
    return product


@pytest.fixture(scope="session")
def evidence(
    stack: Stack,
    client_product: Product,
    revoked_product: Product,
    tmp_path_factory: pytest.TempPathFactory,
) -> Evidence:
    """A good certificate, a revoked one that the published list tells, one nobody recorded."""
    from protocols.evidence import collect

    folder = tmp_path_factory.mktemp("evidence")
    return collect(stack, folder, client_product, revoked_product)


@pytest.fixture(scope="session")
def liar(stack: Stack) -> Iterator[str]:
    """A server and proxy that breaks the signatures of the PKI port."""
    from kit.liar import lying

    with lying(stack.pki_url) as address:
        yield address


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Java's judge, compiled once."""
    from kit.java import compiled

    return compiled(tmp_path_factory.mktemp("java"))
