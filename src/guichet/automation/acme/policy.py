"""What an operator may change about ACME (Django setting GUICHET_ACME, an AcmePolicy)."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class AcmePolicy:
    """Lives and limits.

    A nonce is believed for `nonce_life`. An order is finalized within `order_life`, and relies on
    no authorization that ends within `order_margin`; a proof by challenge stands for `proof_life`.
    One account asks for `orders_per_hour` at most, and fails `failures_per_hour` challenges; one
    address on the network tries `accounts_per_hour` times to open an account. `checks_at_once`
    challenges are checked by a process at the same time, each within `check_life`.
    """

    nonce_life: timedelta = timedelta(hours=1)
    order_life: timedelta = timedelta(days=7)
    order_margin: timedelta = timedelta(hours=1)
    proof_life: timedelta = timedelta(days=30)
    orders_per_hour: int = 2000
    failures_per_hour: int = 60
    accounts_per_hour: int = 60
    checks_at_once: int = 2
    check_life: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        for name in ("nonce_life", "order_life", "proof_life", "check_life"):
            if getattr(self, name) < timedelta(seconds=1):
                raise ValueError(f"{name}: at least a second")
        if not timedelta(0) <= self.order_margin < self.order_life:
            raise ValueError("order_margin: less than order_life, and not negative")
        for name in ("orders_per_hour", "failures_per_hour", "accounts_per_hour"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}: not negative")
        if self.checks_at_once < 1:
            raise ValueError("checks_at_once: at least 1")


def policy() -> AcmePolicy:
    """The policy in force: the operator's, else that of guichet.conf.settings."""
    return settings.GUICHET_ACME
