"""Refusing a key says why: it was sent to us, or somebody's list says that others know it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from guichet.authority import burnt_keys
from guichet.domain.refusals import Code, Objection, Refusal


def explained(objections: Iterable[Objection], spki_sha256: str) -> tuple[Objection, ...]:
    """The same objections, that of a burnt key naming the list that it is on."""
    return tuple(
        _named(one, spki_sha256) if one.code is Code.KEY_BURNT else one for one in objections
    )


@contextmanager
def naming_lists(spki_sha256: str) -> Iterator[None]:
    """What is refused inside is raised again, naming the list that the key is on."""
    try:
        yield
    except Refusal as refusal:
        if not any(one.code is Code.KEY_BURNT for one in refusal.all):
            raise
        found = explained(refusal.all, spki_sha256)
        raise Refusal(found[0].code, all=found) from refusal


def _named(objection: Objection, spki_sha256: str) -> Objection:
    found = burnt_keys.listed(spki_sha256)
    if found is None or not found.source:
        return objection
    facts = (("source", found.source), ("since", found.since.date().isoformat()))
    return Objection(Code.KEY_LISTED, facts)
