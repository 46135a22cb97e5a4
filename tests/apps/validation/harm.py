"""Publications at a place for copies, read and damaged."""

import json
from pathlib import Path
from typing import Any

from apps.validation.publications import Publication
from apps.validation.responders import CODE
from guichet.validation.copies import manifest, seals
from guichet.validation.copies.manifest import Head
from guichet.validation.copies.places import OBJECTS


def objects(place: Path) -> list[Path]:
    return sorted((place / OBJECTS).iterdir(), key=lambda path: path.stat().st_mtime_ns)


def named(made: Publication, ref: manifest.Ref) -> Path:
    return Path(made.address.removeprefix("file://")) / OBJECTS / ref.sha256


def newest_batch(made: Publication) -> Path:
    return named(made, head_of(made).batches[-1].ref)


def head_of(made: Publication) -> Head:
    sealed = made.place.head()
    assert sealed
    key = seals.own_key(made.folder / "publication")
    return Head.read(seals.opened(sealed, key.public_key()))


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def sealed_by_another(made: Publication) -> None:
    other = seals.own_key(made.folder / "another")
    made.place.put_head(seals.seal(head_of(made).body(), other))


def renamed(made: Publication, **changes: Any) -> None:
    """A head that its publisher did seal, and that says something else."""
    said = json.loads(head_of(made).body()) | changes
    key = seals.own_key(made.folder / "publication")
    made.place.put_head(seals.seal(json.dumps(said).encode(), key))


def with_files(made: Publication, name: str) -> None:
    listed = dict(manifest.read_files(made.place.object(*_ref(head_of(made).files))))
    listed[name] = listed[f"ac/{CODE}.cer"]
    content = manifest.files(listed)
    renamed(made, files=[made.place.put_object(content), len(content)])


def _ref(ref: manifest.Ref) -> tuple[str, int]:
    return ref.sha256, ref.size
