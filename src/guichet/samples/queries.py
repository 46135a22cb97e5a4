"""What somebody asked for, and its files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from guichet.domain.refusals import Code, Refusal
from guichet.domain.samples import SampleState
from guichet.identities.actors import Actor
from guichet.samples import files
from guichet.samples.kinds import DESCRIBED, Described
from guichet.samples.models import Sample

SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFacts:
    """A test certificate, as its page shows it."""

    key: UUID
    described: Described
    state: SampleState
    asked_at: datetime
    not_after: datetime | None

    def is_early(self, at: datetime) -> bool:
        """Whether one that is to be expired is not yet."""
        return bool(
            self.described.slug == "expired" and self.not_after is not None and at <= self.not_after
        )


def samples_of(actor: Actor) -> Sequence[SampleFacts]:
    """Theirs, the newest first."""
    rows = Sample.objects.filter(asked_by=actor.ref).order_by("-asked_at", "-pk")
    return [_facts(row) for row in rows.defer("key", "chain", "root")[:SHOWN]]


def archive(key: UUID, actor: Actor) -> tuple[str, bytes]:
    """The name and the files of one that is made. Raises Refusal(SAMPLE_UNKNOWN)."""
    row = Sample.objects.filter(
        public_id=key, asked_by=actor.ref, state=SampleState.MADE.value
    ).first()
    if row is None:
        raise Refusal(Code.SAMPLE_UNKNOWN)
    data = files.archive(
        row.kind, key=row.key, chain=row.chain, root=row.root, made_at=row.asked_at
    )
    return f"test-{row.kind}.zip", data


def _facts(row: Sample) -> SampleFacts:
    return SampleFacts(
        key=row.public_id,
        described=DESCRIBED[row.kind],
        state=SampleState(row.state),
        asked_at=row.asked_at,
        not_after=row.not_after,
    )
