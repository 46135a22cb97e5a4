"""A machine withdraws without a revocation code: no code opens the product, its owner does."""

import pytest
from django.utils import timezone

from apps.orders.counter import Person, Sign
from apps.orders.incidents import placed
from guichet.domain.orders.revocation import RevocationMotive
from guichet.domain.refusals import Code
from guichet.orders import operations
from guichet.orders.models import Product
from kit.refusals import assert_refused


@pytest.mark.parametrize("code", ["", "nobody", "une phrase à moi"])
def test_no_code_opens_it(sophie: Person, sign: Sign, code: str) -> None:
    """REFUSED to whoever tries one, as for a product that does not exist; its owner revokes."""
    number = placed(sophie)
    sign()
    now = timezone.now()
    withdrawal = operations.withdraw(
        number=number, by=sophie.actor, code=None, terms_accepted=True, at=now
    )
    product = withdrawal.product_number
    motive = RevocationMotive.SUPERSEDED
    with assert_refused(Code.REVOCATION_CODE_WRONG):
        operations.revoke(product_number=product, by=None, code=code, motive=motive, at=now)
    operations.revoke(product_number=product, by=sophie.actor, code=None, motive=motive, at=now)
    assert Product.objects.get(number=product).revoked_at is not None
