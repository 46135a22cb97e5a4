"""Makes the people of the crowd: an account, a card and a right each, in a few structures.

Run in the environment of a prepared demo: `python -m benchmarks.crowd.seed 200 FOLDER`.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Final

import django

django.setup()

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: E402
from django.utils import timezone  # noqa: E402
from stdnum import luhn  # noqa: E402

from guichet.authority import queries  # noqa: E402
from guichet.authority.operations import SigningAsked, request_signature  # noqa: E402
from guichet.demo.files import write_card  # noqa: E402
from guichet.demo.issuance import new_key  # noqa: E402
from guichet.domain.catalogue.offers import Offer, Usage  # noqa: E402
from guichet.domain.certificates.naming import CardSubject, PersonSubject, named  # noqa: E402
from guichet.domain.identifiers import CardNumber, PersonId  # noqa: E402
from guichet.habilitations import operations as habilitations  # noqa: E402
from guichet.identities import operations as identities  # noqa: E402
from guichet.processes.signer import make_signer  # noqa: E402
from guichet.x509 import request  # noqa: E402

PEOPLE_PER_STRUCTURE: Final = 10
BY: Final = "bench:crowd"
CARDS: Final = "ACI-FO-PP-TEST"


def main(count: int, folder: Path) -> None:
    """Cards in the folder, and people.json, which names them."""
    at = timezone.now()
    keys = dict(enrol(rank, at) for rank in range(count))
    signer = make_signer()
    while signer.run_once(at):
        pass
    made = queries.issued_with_references(f"{BY}:")
    for number, key in keys.items():
        found = queries.certificate(made[f"{BY}:{number}"])
        write_card(folder, number, key, (found.der, *found.chain_ders))
    (folder / "people.json").write_text(json.dumps(list(keys)))


def enrol(rank: int, at: datetime) -> tuple[str, RSAPrivateKey]:
    """Somebody of a structure, whose card is asked for: its number and its key."""
    number, name = f"28{rank:08}", f"PERSONNE {rank}"
    national_id = "8" + checked(f"1001{rank:06}")
    asked = identities.AccountAsked(
        display_name=name,
        email=f"personne{rank}@hopital.test",
        national_id=national_id,
        roles=("administrator",),
    )
    account = identities.register_account(asked=asked, by=BY, at=at)
    identities.register_card(number=number, account_id=account, holder_name=name, by=BY, at=at)
    right = habilitations.RightAsked(
        card_number=number,
        structure_id=structure_of(rank, at),
        offer=Offer.ORG,
        usages=frozenset({Usage.AUTH_CLI}),
        starts_at=at,
    )
    habilitations.grant_right(asked=right, by=BY, at=at)
    key = new_key()
    person = PersonSubject(
        national_id=PersonId.parse(national_id), surname=name, given_names="CAMILLE"
    )
    subject = named(CardSubject(person=person, card_number=CardNumber.parse(number)))
    card = SigningAsked(
        profile="CARD-AUTH",
        authority=CARDS,
        subject=subject.subject,
        sans=subject.sans,
        csr_der=request.unnamed(key),
        reference=f"{BY}:{number}",
    )
    request_signature(asked=card, at=at)
    return number, key


def structure_of(rank: int, at: datetime) -> str:
    """The structure of a person, registered with the first of its people."""
    number = "1" + checked(f"{750_000 + rank // PEOPLE_PER_STRUCTURE:08}")
    if rank % PEOPLE_PER_STRUCTURE == 0:
        facts = habilitations.StructureFacts(
            national_id=number,
            legal_name=f"HOPITAL {rank // PEOPLE_PER_STRUCTURE}",
            finess=number[1:],
            department_name="Paris",
            department_number="75",
        )
        habilitations.register_structure(facts=facts, by=BY, at=at)
    return number


def checked(digits: str) -> str:
    """With Luhn's digit at its end."""
    return digits + luhn.calc_check_digit(digits)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
