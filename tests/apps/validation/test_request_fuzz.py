"""Whatever is asked gets an OCSP answer, and changes nothing of what is answered to others."""

import base64
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.validation.fuzzing import OCSP_TYPE, PART, Responder, answering
from apps.validation.writer import Writer
from guichet.x509 import der, ocsp
from guichet.x509.errors import Unreadable

CONSTRUCTED = 0x20
examples = settings(deadline=None, max_examples=250)


@pytest.fixture(scope="module")
def responder(tmp_path_factory: pytest.TempPathFactory, writer: Writer) -> Iterator[Responder]:
    """One worker for all that is asked: what one request leaves, the next meets."""
    with answering(tmp_path_factory.mktemp("fuzz"), writer) as found:
        yield found


def element(encoding: bytes) -> der.Element:
    """The one element of these octets. Raises Unreadable for anything else."""
    found = list(der.elements(encoding))
    if len(found) != 1:
        raise Unreadable("der")
    return found[0]


def nodes(encoding: bytes) -> list[tuple[int, int]]:
    """Where each element of a request begins and ends, from the outermost to the innermost."""
    found = []

    def walk(start: int, one: der.Element) -> None:
        end = start + len(one.encoding)
        found.append((start, end))
        if one.tag & CONSTRUCTED:
            inside = end - len(one.contents)
            for child in one.children():
                walk(inside, child)
                inside += len(child.encoding)

    walk(0, element(encoding))
    return found


def rebuilt(encoding: bytes, where: tuple[int, int], new: bytes) -> bytes:
    """The request with another element in that place, and lengths around it that fit."""
    start, end = where
    if (start, end) == (0, len(encoding)):
        return new
    outer = element(encoding)
    parts, at = [], len(encoding) - len(outer.contents)
    for child in outer.children():
        own = bytes(child.encoding)
        if at <= start and end <= at + len(own):
            own = rebuilt(own, (start - at, end - at), new)
        parts.append(own)
        at += len(child.encoding)
    return der.tlv(outer.tag, b"".join(parts))


def contents(encoding: bytes) -> bytes:
    return bytes(element(encoding).contents)


RAW: dict[str, Callable[[bytes, int, bytes], bytes]] = {
    "replace": lambda old, at, new: old[:at] + new + old[at + len(new) :],
    "insert": lambda old, at, new: old[:at] + new + old[at:],
    "delete": lambda old, at, new: old[:at] + old[at + len(new) :],
    "cut": lambda old, at, _: old[:at],
}
SHAPED: dict[str, Callable[[bytes, bytes], bytes]] = {
    "contents": lambda old, new: der.tlv(old[0], new),
    "octet": lambda old, new: der.tlv(old[0], contents(old)[:-1] + new[:1]),
    "long": lambda old, new: der.tlv(old[0], new * 400),
    "tag": lambda old, new: der.tlv(new[0], contents(old)),
    "twice": lambda old, _: old + old,
    "many": lambda old, new: old * (new[0] % 40),
    "gone": lambda _old, _new: b"",
    "wrapped": lambda old, _: der.sequence(old),
    "another": lambda _, new: new,
}
"""Changes of one element that leave everything around it in order."""
seeds, places, octets = st.integers(0, 8), st.integers(0, 400), st.binary(min_size=1, max_size=24)
shapes = st.lists(
    st.tuples(st.sampled_from(sorted(SHAPED)), places, octets), min_size=1, max_size=2
)
wounds = st.lists(st.tuples(st.sampled_from(sorted(RAW)), places, octets), min_size=1, max_size=3)


@given(seed=seeds, changes=shapes)
@examples
def test_valid_requests_reshaped(responder: Responder, seed: int, changes: Any) -> None:
    """Elements of a request changed, one or two; the lengths around them fit."""
    body = responder.seeds[seed]
    for kind, at, new in changes:
        with suppress(Unreadable):  # the first change may have left nothing to change
            found = nodes(body)
            start, end = found[at % len(found)]
            body = rebuilt(body, (start, end), SHAPED[kind](body[start:end], new))
    responder.judge(responder.post(body))
    encoded = quote(base64.b64encode(body).decode(), safe="")
    responder.check(responder.ask("GET", f"/ocsp/{encoded}"))


@given(seed=seeds, changes=wounds)
@examples
def test_valid_requests_wounded(responder: Responder, seed: int, changes: Any) -> None:
    """Octets changed, added, lost, whatever they were for."""
    body = responder.seeds[seed]
    for kind, at, new in changes:
        body = RAW[kind](body, at % (len(body) + 1), new)
    responder.judge(responder.post(body))


def lengths(told: int) -> bytes:
    """A length that lies, on as many octets as it takes."""
    octets = told.to_bytes((told.bit_length() + 7) // 8 or 1, "big")
    return bytes((0x80 | len(octets),)) + octets


tags = st.sampled_from((0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x30, 0x31, 0xA0, 0xA1, 0xA2, 0x3F))
values = st.builds(der.tlv, tags, st.binary(max_size=24))
liars = st.builds(
    lambda tag, told, rest: bytes((tag,)) + lengths(told) + rest,
    tags,
    st.integers(0, 2**64) | st.just(2**1000 - 1),
    st.binary(max_size=24),
)
nested = st.recursive(
    values | liars,
    lambda inner: st.builds(
        lambda tag, parts: der.tlv(tag, b"".join(parts)), tags, st.lists(inner, max_size=4)
    ),
    max_leaves=8,
)


@given(body=nested | st.binary(max_size=600) | st.binary(max_size=8).map(lambda b: b * 4_000))
@examples
def test_anything_else(responder: Responder, body: bytes) -> None:
    """DER of any shape, lengths that lie, octets of any kind, more than any request."""
    responder.judge(responder.post(body))


def test_little_is_remembered_of_long_requests(responder: Responder) -> None:
    """Padding that differs each time, serials that no certificate has: nothing piles up."""
    one = responder.seeds[0]
    serial = nodes(one)[-1]
    tracemalloc.start()
    try:
        for number in range(100):
            told = number.to_bytes(4, "big") * 3_900
            padding = der.extension("1.2.3.4", told)
            extended = der.tlv(der.context(2), der.sequence(padding))
            asked = der.single(one).children()[0].contents
            responder.post(der.sequence(der.sequence(bytes(asked), extended)))
            responder.check(
                responder.post(rebuilt(one, serial, der.integer((1 << 120_000) + number)))
            )
        remembered, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert remembered < 100 * ocsp.MAX_REQUEST // 4


def test_an_answer_kept_is_for_who_reads(responder: Responder) -> None:
    """Other methods are refused, whatever was asked a moment ago."""
    path = f"/ocsp/{quote(base64.b64encode(responder.seeds[0]).decode(), safe='')}"
    assert responder.ask("GET", path).status == 200
    assert responder.ask("PUT", path).status == 405


@pytest.mark.parametrize("depth", [50, 5_000])
def test_deep_nests(responder: Responder, depth: int) -> None:
    """MALFORMED, without the stack of the parser."""
    body = b""
    for _ in range(depth):
        body = der.sequence(body)
    responder.judge(responder.post(body[: ocsp.MAX_REQUEST]))


paths = st.text(max_size=80) | st.text("%0123456789abcdefABCDEF=+/-_.~\0", max_size=80)
methods = st.sampled_from(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "QUERY"))


@given(method=methods, path=paths, folder=st.sampled_from(("ocsp/", "crl/", "ac/", "", "ocsp")))
@examples
def test_any_address(responder: Responder, method: str, path: str, folder: str) -> None:
    """What is not an answer is a plain refusal: never a fault, never another file."""
    told = responder.ask(method, f"/{folder}{path}")
    if method == "GET" and folder == "ocsp/":
        responder.judge(told)
    else:
        assert told.status in {200, 404, 405}
        assert told.status != 200 or told.told["content-type"] in {
            OCSP_TYPE,
            "text/plain; charset=utf-8",
        }


@given(length=st.integers(0, 4 * ocsp.MAX_REQUEST), headed=st.booleans())
@examples
def test_no_more_is_read_than_a_request_may_have(
    responder: Responder, length: int, headed: bool
) -> None:
    """Whether the length is told before or not."""
    headers = {"content_length": str(length)} if headed else {}
    told = responder.ask("POST", "/ocsp", bytes(length), **headers)
    responder.check(told)
    assert told.read <= ocsp.MAX_REQUEST + (0 if headed else PART)
