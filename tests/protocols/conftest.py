"""Products that a session's tests share: they are ordered once."""
# ruff: noqa: PLC0415

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from kit.stack import Stack
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
