"""EAB keys of a machine account of the demo's hospital, as the pages of the portal make them."""

from collections.abc import Mapping
from dataclasses import dataclass

from .inside import inside

EMAIL = "exploitation@hopital-3-dames.test"
BINDING = """
import sys
from django.utils import timezone
from josepy.json_util import encode_b64jose
from guichet.domain.machines import CredentialKind, MachineScope, Verb
from guichet.identities import machines
from guichet.identities.models import Card
from guichet.identities.operations import machines as operations
from guichet.identities.queries import actor_of

card, now = Card.objects.get(number="2800143590"), timezone.now()
by = actor_of(card.account, card, "card")
scope = MachineScope(
    account="",
    structure_id="10B0135356",
    delegation=None,
    verbs=frozenset(Verb),
    profiles=frozenset(sys.argv[1].split()),
)
asked = operations.MachineAsked(name="Serveurs", scope=scope, contact_email=sys.argv[2])
made = operations.create_machine(asked=asked, by=by, at=now)
for _ in range(int(sys.argv[3])):
    issued = operations.issue_credential(
        key=made.key, kind=CredentialKind.EAB, label="", by=by, at=now
    )
    print(issued.secret, encode_b64jose(machines.eab_key(issued.secret)))
"""


@dataclass(frozen=True)
class Binding:
    """An EAB key: its identifier, and the MAC key in base64url."""

    kid: str
    hmac: str


def bindings(environment: Mapping[str, str], count: int, profiles: str) -> list[Binding]:
    """Keys of one account that may do everything with these profiles, of a product that runs."""
    made = inside(environment, BINDING, profiles, EMAIL, str(count))
    return [Binding(*line.split()) for line in made.splitlines()]
