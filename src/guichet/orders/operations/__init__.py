"""What happens to orders and products, one transaction each."""

from guichet.orders.operations.burning import burn, telling_of_keys
from guichet.orders.operations.following import revoke_certificate
from guichet.orders.operations.issuing import cancel, collect_issued, expire_unwithdrawn
from guichet.orders.operations.placing import covering_right, place
from guichet.orders.operations.revocation import revoke
from guichet.orders.operations.withdrawal import withdraw
from guichet.orders.summaries import OrderSummary, RevocationReceipt, Via, Withdrawal

__all__ = [
    "OrderSummary",
    "RevocationReceipt",
    "Via",
    "Withdrawal",
    "burn",
    "cancel",
    "collect_issued",
    "covering_right",
    "expire_unwithdrawn",
    "place",
    "revoke",
    "revoke_certificate",
    "telling_of_keys",
    "withdraw",
]
