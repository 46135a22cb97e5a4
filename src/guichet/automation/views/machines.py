"""/machines: machine accounts and their credentials, by the holder of a card alone."""

from dataclasses import asdict
from typing import Annotated, Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router, Status

from guichet.automation import answers, searching
from guichet.automation.authentication import card_holder
from guichet.automation.machine_schemas import (
    CredentialBody,
    CredentialMade,
    CredentialOut,
    MachineBody,
    MachineOut,
)
from guichet.automation.machines import operations, queries
from guichet.automation.machines.hands import Hand, Side
from guichet.automation.machines.operations import AccountAsked
from guichet.automation.responses import READ_PROBLEMS, WRITE_PROBLEMS
from guichet.automation.views.orders import language
from guichet.domain.machines import CredentialKind
from guichet.domain.refusals import Code, Refusal
from guichet.identities import machines
from guichet.identities.machines import CredentialFacts, MachineFacts
from guichet.orders import operations as orders

router: Final = Router()
Key = Annotated[UUID, Path()]
SHOWN: Final = tuple(CredentialOut.model_fields)


@router.get("", response={200: list[MachineOut], **READ_PROBLEMS})
def list_machines(request: HttpRequest) -> list[MachineOut]:
    """Machine accounts that the card sees, by name; the disabled ones last."""
    hand = Hand(card_holder(request), timezone.now())
    return [_machine(found) for found in queries.seen(hand)]


@router.post("", response={201: MachineOut, **WRITE_PROBLEMS})
def create_machine(request: HttpRequest, asked: MachineBody) -> Status[MachineOut]:
    """Open a machine account, which never does more than the card could."""
    by, at = card_holder(request), timezone.now()
    with orders.telling_of_keys(sent=searching.texts(asked.model_dump(mode="json")), by=by, at=at):
        side = Side(asked.structure, asked.delegation)
        account = AccountAsked(
            name=asked.name,
            contact_email=asked.contact_email,
            verbs=asked.verbs,
            profiles=asked.profiles,
            names=(),
            typed_names=tuple(asked.names),
            services=tuple(asked.services),
            ends_at=asked.ends_at,
            language=language(),
        )
        made = operations.open_account(side=side, asked=account, by=by, at=at)
    return Status(201, _machine(made))


@router.get("/{key}", response={200: MachineOut, **READ_PROBLEMS})
def get_machine(request: HttpRequest, key: Key) -> MachineOut:
    """One machine account."""
    return _machine(queries.visible(Hand(card_holder(request), timezone.now()), key))


@router.post("/{key}/disablement", response={200: MachineOut, **WRITE_PROBLEMS})
def disable_machine(request: HttpRequest, key: Key) -> MachineOut:
    """Let the machines of an account in no longer; again, it changes nothing."""
    return _machine(operations.disable(key=key, by=card_holder(request), at=timezone.now()))


@router.post("/{key}/enablement", response={200: MachineOut, **WRITE_PROBLEMS})
def enable_machine(request: HttpRequest, key: Key) -> MachineOut:
    """Let the machines of a disabled account in again."""
    return _machine(operations.enable(key=key, by=card_holder(request), at=timezone.now()))


@router.get("/{key}/credentials", response={200: list[CredentialOut], **READ_PROBLEMS})
def list_credentials(request: HttpRequest, key: Key) -> list[CredentialOut]:
    """Credentials of a machine account, newest first; never their secrets."""
    queries.visible(Hand(card_holder(request), timezone.now()), key)
    return [CredentialOut(**_credential(found)) for found in machines.credentials_of(key)]


@router.post("/{key}/credentials", response={201: CredentialMade, **WRITE_PROBLEMS})
def create_credential(
    request: HttpRequest, key: Key, asked: CredentialBody
) -> Status[CredentialMade]:
    """Make a token, an EAB key or an EST secret, shown this once; or bind a certificate."""
    by, at = card_holder(request), timezone.now()
    answers.hold_back(request)
    is_certificate = asked.kind is CredentialKind.CERTIFICATE
    if is_certificate is (asked.product is None):
        code = Code.FIELD_MISSING if is_certificate else Code.FIELD_UNEXPECTED
        raise Refusal(code, field="product")
    if asked.product is not None:
        bound = operations.bind(key=key, number=asked.product, by=by, at=at)
        return Status(201, CredentialMade(**_credential(bound)))
    made = operations.make_secret(key=key, kind=asked.kind, label=asked.label, by=by, at=at)
    mac_key = machines.eab_text(made.secret) if asked.kind is CredentialKind.EAB else ""
    shown = _credential(made.facts)
    return Status(201, CredentialMade(**shown, secret=made.secret, mac_key=mac_key))


@router.post(
    "/{key}/credentials/{credential}/revocation", response={200: CredentialOut, **WRITE_PROBLEMS}
)
def revoke_credential(request: HttpRequest, key: Key, credential: Key) -> CredentialOut:
    """Let nobody in by a credential any more."""
    revoked = operations.revoke_credential(
        key=key, credential=credential, by=card_holder(request), at=timezone.now()
    )
    return CredentialOut(**_credential(revoked))


def _machine(found: MachineFacts) -> MachineOut:
    scope = found.scope
    return MachineOut(
        id=found.key,
        name=found.name,
        structure=scope.structure_id,
        delegation=scope.delegation,
        verbs=sorted(scope.verbs),
        profiles=sorted(scope.profiles),
        names=list(scope.names),
        services=list(scope.services),
        contact_email=found.contact_email,
        created_at=found.created_at,
        created_by=found.created_by,
        ends_at=found.ends_at,
        disabled_at=found.disabled_at,
        last_used_at=found.last_used_at,
        last_used_by=found.last_used_by,
    )


def _credential(found: CredentialFacts) -> dict[str, Any]:
    facts = asdict(found) | {"id": found.key}
    return {name: facts[name] for name in SHOWN}
