"""Which version is in force, and every one that was."""

from dataclasses import dataclass
from datetime import datetime

from guichet.domain.refusals import Code, Refusal
from guichet.domain.wording import VersionState
from guichet.terms.documents import AGREED, Agreed, Document, Kind
from guichet.terms.models import TermsVersion
from guichet.terms.originals import NUMBER, original


def in_force(kind: Kind, at: datetime) -> Document:
    """The version in force at an instant; one query."""
    rows = TermsVersion.objects.filter(kind=kind.value, state=VersionState.IN_FORCE.value)
    row = rows.filter(in_force_from__lte=at).order_by("-in_force_from", "-pk").first()
    return document_of(row) if row else original(kind)


def agreed(at: datetime) -> Agreed:
    """What somebody who accepts now agrees to; one query."""
    return to_accept(at).agreed


@dataclass(frozen=True, slots=True)
class ToAccept:
    """What a withdrawal asks to accept."""

    terms: Document
    policy: Document

    @property
    def agreed(self) -> Agreed:
        """What somebody who accepts agrees to."""
        terms, policy = self.terms, self.policy
        return Agreed(terms.number, terms.sha256, policy.number, policy.sha256)


def to_accept(at: datetime) -> ToAccept:
    """The terms and the policy in force; one query."""
    kinds = [kind.value for kind in AGREED]
    rows = TermsVersion.objects.filter(
        kind__in=kinds, state=VersionState.IN_FORCE.value, in_force_from__lte=at
    ).order_by("in_force_from", "pk")
    found = {row.kind: document_of(row) for row in rows}
    terms, policy = (found.get(kind.value) or original(kind) for kind in AGREED)
    return ToAccept(terms, policy)


def every(kind: Kind) -> tuple[Document, ...]:
    """All versions of a text, the last to take effect first, the original last."""
    rows = TermsVersion.objects.filter(kind=kind.value).order_by("-in_force_from", "-pk")
    return (*(document_of(row) for row in rows), original(kind))


def published(kind: Kind, number: str) -> Document:
    """A version that is, was, or will be in force. Raises Refusal(TEXT_UNKNOWN)."""
    found = document(kind, number)
    if found.state is not VersionState.IN_FORCE:
        raise Refusal(Code.TEXT_UNKNOWN)
    return found


def document(kind: Kind, number: str) -> Document:
    """One version, whatever became of it. Raises Refusal(TEXT_UNKNOWN)."""
    if number == NUMBER:
        return original(kind)
    row = TermsVersion.objects.filter(kind=kind.value, number=number).first()
    if row is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    return document_of(row)


def kind_of(text: str) -> Kind:
    """A kind of text by its value. Raises Refusal(TEXT_UNKNOWN)."""
    try:
        return Kind(text)
    except ValueError as unknown:
        raise Refusal(Code.TEXT_UNKNOWN) from unknown


def document_of(row: TermsVersion) -> Document:
    """The frozen value of a row."""
    return Document(
        kind=Kind(row.kind),
        number=row.number,
        oid=row.oid,
        text_fr=row.text_fr,
        text_en=row.text_en,
        changes_fr=row.changes_fr,
        changes_en=row.changes_en,
        in_force_from=row.in_force_from,
        state=VersionState(row.state),
        author_id=row.author,
        author=row.author_label,
        written_at=row.written_at,
        enforced_by=row.enforced_by,
        enforced_at=row.enforced_at,
    )
