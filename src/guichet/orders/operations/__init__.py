"""What happens to orders and products, one transaction each."""

from guichet.orders.operations.burning import burn, telling_of_keys
from guichet.orders.operations.following import revoke_certificate
from guichet.orders.operations.issuing import cancel, collect_issued, expire_unwithdrawn
from guichet.orders.operations.placing import covering_right, place
from guichet.orders.operations.proving import challenge, prove
from guichet.orders.operations.rekeying import rekey
from guichet.orders.operations.renewing import RenewalAsked, renew
from guichet.orders.operations.revocation import revoke
from guichet.orders.operations.striking import Incident, astray, strike
from guichet.orders.operations.telling import tell, tell_left_over
from guichet.orders.operations.withdrawal import withdraw
from guichet.orders.summaries import OrderSummary, RevocationReceipt, Via, Withdrawal

__all__ = [
    "Incident",
    "OrderSummary",
    "RenewalAsked",
    "RevocationReceipt",
    "Via",
    "Withdrawal",
    "astray",
    "burn",
    "cancel",
    "challenge",
    "collect_issued",
    "covering_right",
    "expire_unwithdrawn",
    "place",
    "prove",
    "rekey",
    "renew",
    "revoke",
    "revoke_certificate",
    "strike",
    "tell",
    "tell_left_over",
    "telling_of_keys",
    "withdraw",
]
