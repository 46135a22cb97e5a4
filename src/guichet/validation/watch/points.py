"""Every distribution point that relying parties use, found without needing the database."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from guichet.domain.freshness import Kind, Point

CHAIN: Final = "ac/chain.p7c"
DELTA: Final = "-delta"
Intervals = Mapping[str, timedelta]


@dataclass(frozen=True, slots=True)
class Duties:
    """What authorities, by their full codes, must serve; all of them serve their certificates.

    `silent` have no responder; the lists of `settled` are the last ones, never replaced; those of
    `over` are needed by nobody.
    """

    codes: frozenset[str]
    silent: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    over: frozenset[str] = frozenset()


def points(
    published: Path, duties: Duties, intervals: Intervals, known: Iterable[str]
) -> tuple[Point, ...]:
    """What is published, what each authority must publish, and lists that were once seen.

    `intervals`: after how long each list that must be there is replaced, by its file's name;
    `known`: names of points seen before.
    """
    every = tuple(sorted(duties.codes))
    if not every:
        return ()
    lists = {path.stem for path in (published / "crl").glob("[!.]*.crl")} | set(every)
    lists |= set(intervals) | {name[4:-4] for name in known if name.startswith("crl/")}
    found = [point for name in sorted(lists) if (point := _list(name, duties, intervals))]
    return (*found, *_of_authorities(every, duties))


def _of_authorities(codes: Iterable[str], duties: Duties) -> Iterator[Point]:
    for code in codes:
        yield Point(name=f"ac/{code}.cer", kind=Kind.CERTIFICATE, authority=code)
        if code not in duties.silent:
            yield Point(name=f"ocsp/{code}", kind=Kind.ANSWER, authority=code)
    yield Point(name=CHAIN, kind=Kind.CHAIN)


def _list(name: str, duties: Duties, intervals: Intervals) -> Point | None:
    """A list by its name ("ACI-EL-ORG-3-delta"); None when no authority must serve it."""
    whole = name.removesuffix(DELTA)
    code = next((code for code in sorted(duties.codes) if _belongs(whole, code)), None)
    if code is None or code in duties.over:
        return None
    return Point(
        name=f"crl/{name}.crl",
        kind=Kind.DELTA if name.endswith(DELTA) else Kind.LIST,
        authority=code,
        interval=intervals.get(name),
        is_last=code in duties.settled,
    )


def _belongs(name: str, code: str) -> bool:
    return name == code or (name.startswith(f"{code}-") and name[len(code) + 1 :].isdigit())
