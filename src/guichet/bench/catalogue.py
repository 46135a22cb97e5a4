"""Test certificates, good and wrong, to present to one's own server.

They are prepared beforehand under <state>/bench/certificates/<slug>/ (chain.pem, key.pem,
identity.p12): the bench signs nothing. Their keys are published: they prove nothing to anybody.
"""

from pathlib import Path
from typing import Final

from guichet.domain.samples import Kind
from guichet.samples.files import CHAIN, KEY, LABORATORY, PACKAGE, PASSWORD
from guichet.samples.kinds import DESCRIBED, Described

__all__ = ["CHAIN", "KEY", "LABORATORY", "PACKAGE", "PASSWORD", "SAMPLES", "Sample"]

Sample = Described
# What a server of production must refuse is no fault for the servers that the bench looks at.
SAMPLES: Final = {
    slug: described
    for slug, described in DESCRIBED.items()
    if described.kind is not Kind.IN_PRODUCTION
}


def folder_of(state: Path) -> Path:
    """Where they are prepared."""
    return state / "bench" / "certificates"


def prepared(state: Path) -> tuple[Sample, ...]:
    """The kinds that are there to be used, in the order of the catalogue."""
    return tuple(s for s in SAMPLES.values() if (folder_of(state) / s.slug / CHAIN).is_file())
