"""Every distribution point that relying parties use, found without needing the database."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from guichet.domain.freshness import Kind, Point

CHAIN: Final = "ac/chain.p7c"
DELTA: Final = "-delta"
Intervals = Mapping[str, timedelta]


def points(
    published: Path, codes: Iterable[str], intervals: Intervals, known: Iterable[str]
) -> tuple[Point, ...]:
    """What is published, what each authority must publish, and lists that were once seen.

    `codes`: the full codes of all authorities; `intervals`: after how long each list that must be
    there is replaced, by its file's name; `known`: names of points seen before.
    """
    every = tuple(sorted(codes))
    if not every:
        return ()
    lists = {path.stem for path in (published / "crl").glob("[!.]*.crl")} | set(every)
    lists |= set(intervals) | {name[4:-4] for name in known if name.startswith("crl/")}
    found = [point for name in sorted(lists) if (point := _list(name, every, intervals))]
    return (*found, *_of_authorities(every))


def _of_authorities(codes: Iterable[str]) -> Iterator[Point]:
    for code in codes:
        yield Point(name=f"ac/{code}.cer", kind=Kind.CERTIFICATE, authority=code)
        yield Point(name=f"ocsp/{code}", kind=Kind.ANSWER, authority=code)
    yield Point(name=CHAIN, kind=Kind.CHAIN)


def _list(name: str, codes: Iterable[str], intervals: Intervals) -> Point | None:
    """A list by its name ("ACI-EL-ORG-3-delta"); None when no authority bears that name."""
    whole = name.removesuffix(DELTA)
    code = next((code for code in codes if _belongs(whole, code)), None)
    if code is None:
        return None
    kind = Kind.DELTA if name.endswith(DELTA) else Kind.LIST
    interval = intervals.get(name)
    return Point(name=f"crl/{name}.crl", kind=kind, authority=code, interval=interval)


def _belongs(name: str, code: str) -> bool:
    return name == code or (name.startswith(f"{code}-") and name[len(code) + 1 :].isdigit())
