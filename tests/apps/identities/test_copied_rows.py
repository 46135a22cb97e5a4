"""The copies that tests make of rows: as many each time, whatever digests chance made."""

from datetime import timedelta

import pytest
from django.utils import timezone

from guichet.identities import operations
from guichet.identities.models import Card, LoginTicket
from kit.copies import multiply


@pytest.mark.django_db
def test_digests_that_end_in_a_mark_are_copied_all_the_same() -> None:
    """They are as long as their column: the mark of a copy takes the place of what was there."""
    now = timezone.now()
    asked = operations.AccountAsked(
        display_name="S", given_names="S", surname="S", email="s@s.fr", national_id=None, roles=()
    )
    account = operations.register_account(asked=asked, by="test", at=now)
    card = Card.objects.create(number="1", account_id=account, holder_name="S", opened_at=now)
    LoginTicket.objects.bulk_create(
        LoginTicket(
            code_hash=f"{ending:064}",
            binding="",
            card=card,
            certificate=b"",
            created_at=now,
            expires_at=now + timedelta(minutes=1),
        )
        for ending in range(20)
    )
    multiply(10)
    digests = set(LoginTicket.objects.values_list("code_hash", flat=True))
    assert len(digests) == 10 * 20
    assert {len(digest) for digest in digests} == {64}
