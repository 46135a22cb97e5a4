"""Products of the hospital that an incident finds."""

import pytest

from apps.orders.counter import LABORATORY, Person, Sign
from apps.orders.incidents import placed, taken
from kit.kept_rows import KEPT


@pytest.fixture
def held(sophie: Person, jeanne: Person, sign: Sign) -> list[int]:
    """Two products of the hospital (P-256, RSA-2048), an order not withdrawn, one elsewhere."""

    def build() -> list[int]:
        numbers = [placed(sophie, kind="p-256"), placed(sophie, kind="rsa-2048")]
        placed(sophie)
        placed(jeanne, structure=LABORATORY, actor_email="labo@leslistesdediffusion.fr")
        sign()
        return [taken(sophie, number) for number in numbers]

    return list(KEPT.make("products of an incident", build))
