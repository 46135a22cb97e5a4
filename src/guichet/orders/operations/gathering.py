"""The requests of a group's lines: brought in an archive, or made one after another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from guichet.authority import queries as authority
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates import csr_policy
from guichet.domain.orders.request_archives import ArchivedFile, match, open_archive
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.identities.actors import Actor
from guichet.orders import groups
from guichet.orders.groups import Group
from guichet.orders.listed_keys import naming_lists
from guichet.orders.models import GroupLine, OrderGroup
from guichet.orders.operations.burning import telling_of_keys
from guichet.x509 import names
from guichet.x509.csr import Csr
from guichet.x509.names import COMMON_NAME


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file of an archive, and what is wrong with the request it holds."""

    name: str
    objections: tuple[Objection, ...]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of an archive's files: (line, name) pairs, and the names of the others."""

    matched: tuple[tuple[int, str], ...]
    unmatched: tuple[str, ...]
    rivals: tuple[str, ...]
    refused: tuple[RefusedFile, ...]


def add_request(
    *, key: UUID, position: int, csr: bytes, key_origin: str, by: Actor, at: datetime
) -> None:
    """Keep the request of one line, in place of the one it had.

    Raises Refusal: GROUP_UNKNOWN, GROUP_PLACED, CSR_* and KEY_* (all objections).
    """
    group = groups.group(key, by, at)
    with telling_of_keys(sent=csr, by=by, at=at):
        request = _admitted(csr, group.profile)
    with transaction.atomic():
        _keep(group, {position: request}, key_origin, by, at)


def add_archive(*, key: UUID, data: bytes, by: Actor, at: datetime) -> Gathered:
    """Give each request of a ZIP to the line that its name or its subject's CN designates.

    Good requests are kept, whatever the others are. A private key among them refuses the archive
    whole, and is burnt. Raises Refusal: GROUP_UNKNOWN, GROUP_PLACED, ARCHIVE_*,
    CSR_IS_PRIVATE_KEY.
    """
    group = groups.group(key, by, at)
    files = open_archive(data)
    good: list[tuple[ArchivedFile, Csr]] = []
    refused: list[RefusedFile] = []
    with telling_of_keys(sent=b"\n".join(file.content for file in files), by=by, at=at):
        for file in files:
            try:
                good.append((file, _admitted(file.content, group.profile)))
            except Refusal as refusal:
                refused.append(RefusedFile(file.name, refusal.all))
    found = match([(file.stem, common_name(csr)) for file, csr in good], list(_names(group)))
    with transaction.atomic():
        given = {position: good[rank][1] for position, rank in found.by_position.items()}
        _keep(group, given, "csr", by, at)
    return Gathered(
        tuple((position, good[rank][0].name) for position, rank in found.by_position.items()),
        tuple(good[rank][0].name for rank in found.unmatched),
        tuple(good[rank][0].name for rank in found.rivals),
        tuple(refused),
    )


def common_name(csr: Csr) -> str:
    """The common name of a request's subject, empty when it has none."""
    return next(iter(names.values(csr.subject, COMMON_NAME)), "")


def _admitted(data: bytes, profile: Profile) -> Csr:
    csr = csr_policy.read(data)
    spki = csr.key.spki_sha256
    with naming_lists(spki):
        csr_policy.admit(csr, profile, past=authority.key_past(spki))
    return csr


def _names(group: Group) -> Iterator[Sequence[str]]:
    """What each line answers to: its number, its name, its structure."""
    for row in group.rows:
        structure = row.asked.get("structure_id", "")
        both = f"{row.beneficiary} {structure}"
        people = row.asked.get("national_id", "")
        number = str(row.position)
        yield (number, f"{row.position:03}", row.label, row.beneficiary, structure, both, people)


def _keep(group: Group, given: dict[int, Csr], key_origin: str, by: Actor, at: datetime) -> None:
    row = OrderGroup.objects.select_for_update().get(pk=groups.own(group.key, by).pk)
    if row.placed_at is not None:
        raise Refusal(Code.GROUP_PLACED)
    lines = {line.position: line for line in row.lines.all()}
    for position in given:
        if position not in lines:
            raise Refusal(Code.GROUP_UNKNOWN)
    digests = {csr.key.spki_sha256 for csr in given.values()}
    others = [line for line in lines.values() if line.position not in given]
    if len(digests) < len(given) or digests & {line.spki_sha256 for line in others}:
        raise Refusal(Code.KEY_SEEN)
    GroupLine.objects.filter(group=row, position__in=given).update(spki_sha256="")
    for position, csr in given.items():
        line = lines[position]
        line.csr, line.key_origin, line.spki_sha256 = csr.der, key_origin, csr.key.spki_sha256
        line.save(update_fields=["csr", "key_origin", "spki_sha256"])
    row.updated_at = at
    row.save(update_fields=["updated_at"])
