"""guichet-verify: what is true is proved, whatever is altered is found, by a log of our own."""

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet_verify import cli, merkle, wording
from guichet_verify.documents import KINDS
from guichet_verify.findings import Code, Level
from guichet_verify.notes import VerifierKey
from guichet_verify.verifying import Trust, verify
from kit import commands, evidence, evidence_log

ALTERATIONS = json.loads((evidence.VECTORS / "alterations.json").read_text())
UNCOVERED = {"made_at"}


@cache
def case() -> evidence.Case:
    return evidence.case()


def codes_of(file: Any, **trust: Any) -> set[str]:
    report = verify(json.dumps(file).encode(), Trust(**trust))
    return {one.code.value for one in report.findings if one.level is Level.BAD}


def is_unread(file: Any) -> bool:
    report = verify(json.dumps(file).encode(), Trust())
    return any(one.code is Code.CHAIN_UNREAD for one in report.findings)


def test_a_true_file_is_proved_by_the_key_and_the_root_that_are_known() -> None:
    trust = Trust(key=VerifierKey.parse(case().log.vkey), roots=case().made.pem("root"))
    report = verify(json.dumps(case().file()).encode(), trust)
    assert {one.level for one in report.findings} == {Level.GOOD}
    assert {Code.KEY_GIVEN, Code.ROOT_GIVEN, Code.STORY_GOOD} <= {o.code for o in report.findings}


@pytest.mark.parametrize("alteration", ALTERATIONS, ids=lambda one: one["name"])
def test_each_alteration_is_found(alteration: dict[str, Any]) -> None:
    kept = json.loads((evidence.VECTORS / "good.json").read_text())
    assert codes_of(kept) == set()
    assert alteration["code"] in codes_of(evidence.altered(kept, alteration))


def _texts(value: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of every text that is covered."""
    if isinstance(value, str):
        return [place]
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    inner = [(name, one) for name, one in pairs if isinstance(one, str | dict | list)]
    return [
        at for name, one in inner if name not in UNCOVERED for at in _texts(one, (*place, name))
    ]


@settings(max_examples=150)
@given(data=st.data())
def test_any_character_changed_is_found(data: st.DataObject) -> None:
    """As wrong; or told as a chain that cannot be read, where it names an algorithm of nobody's."""
    file = case().file()
    place = data.draw(st.sampled_from(_texts(file)))
    holder: Any = file
    for name in place[:-1]:
        holder = holder[name]
    text = holder[place[-1]]
    at = data.draw(st.integers(0, max(0, len(text) - 1)))
    new = data.draw(st.characters(codec="utf-8").filter(lambda c: c != text[at : at + 1]))
    holder[place[-1]] = text[:at] + new + text[at + 1 :]
    is_space_of_pem = place[-1] in {"certificate", "chain"} and (text[at] + new).isspace()
    assert codes_of(file) or is_space_of_pem or is_unread(file)


@settings(max_examples=60)
@given(st.integers(1, 70), st.data())
def test_proofs_are_those_of_the_rfc(size: int, data: st.DataObject) -> None:
    leaves = [bytes([n]) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path, root = evidence_log.path_of(index, leaves), evidence_log.tree(leaves)
    leaf = merkle.leaf_hash(leaves[index])
    assert merkle.is_included(leaf, index, size, path, root)
    other = data.draw(st.integers(0, size + 1).filter(lambda n: n != index))
    assert not merkle.is_included(leaf, other, size, path, root)
    assert not merkle.is_included(leaf, index, size, [*path, root], root)


@pytest.mark.parametrize(("size", "entries"), [(21, 21), (17, 300), (256, 300), (300, 300)])
def test_another_checkpoint_is_held_against_the_file(
    size: int, entries: int, tmp_path: Path
) -> None:
    grown = evidence.case()
    while len(grown.log.leaves) < entries:
        grown.log.add("logged-in", "account:2", {})
    place = str(grown.log.publish(tmp_path))
    assert codes_of(grown.file(size), checkpoint=place) == set()
    forked = evidence.case()
    while len(forked.log.leaves) < size:
        forked.log.add("logged-in", "account:2", {})
    assert codes_of(forked.file(size), checkpoint=place) == {"inconsistent"}


def test_what_is_true_of_another_key_or_root_is_refused() -> None:
    other = evidence_log.Log(key=Ed25519PrivateKey.generate())
    assert codes_of(case().file(), key=VerifierKey.parse(other.vkey)) == {"key-bad"}
    assert codes_of(case().file(), roots=evidence.chain().pem("root")) == {"root-other"}


@pytest.mark.parametrize("kind", ["carried", "delegated"])
def test_what_a_habilitation_stands_on_is_proved_and_tied(kind: str) -> None:
    """By vectors that the page's verifier is held to as well."""
    good, wrong = (
        json.loads((evidence.VECTORS / f"{name}.json").read_text())
        for name in (kind, f"not-{kind}")
    )
    report = verify(json.dumps(good).encode(), Trust())
    assert {one.code.value for one in report.findings if one.level is not Level.GOOD} == {
        "key-contained",
        "root-contained",
    }
    assert codes_of(wrong) == {"story-link"}
    ((name, _told),) = evidence.VECTORED[kind]["behind"].items()
    flip = {"at": ["documents", name], "flip": 40}
    assert codes_of(evidence.altered(good, flip)) == {"document-altered"}
    del good["documents"][name]
    assert codes_of(good) == {"format-bad"}
    report = verify(json.dumps(good | {"format": "guichet-evidence/1"}).encode(), Trust())
    absent = [one for one in report.findings if one.code is Code.DOCUMENT_ABSENT]
    assert (report.ok, [one.facts["document"] for one in absent]) == (True, [name])


STORIES = {
    "dossier-decision": {"decision": {"revision": 2}},
    "decision-habilitation": {"habilitation": {"origin": "dossier:13"}},
    "habilitation-order": {"habilitation": {"usages": ["SIGN"]}},
    "order-intent": {"key": {"key": "ef" * 32}, "order": {"order": 8}},
    "key-certificate": {"key": {"key": "ef" * 32}},
}
LOOSE = {
    "another dossier": ("decision-habilitation", evidence.CARRIED | {"decision": {"dossier": 13}}),
    "another delegation": ("delegation", evidence.behind(evidence.DELEGATED, delegation=6)),
    "another structure": ("delegation", evidence.behind(evidence.DELEGATED, structure="X")),
    "a delegation that is over": (
        "delegation",
        evidence.behind(evidence.DELEGATED, ends_at=evidence_log.BEGUN.isoformat()),
    ),
    "another renewal": ("carrying", evidence.behind(evidence.CARRIED, renewal=4)),
    "another offer": ("carrying", evidence.behind(evidence.CARRIED, offer="SERV")),
    "no usages": ("carrying", evidence.behind(evidence.CARRIED, usages="AUTH_CLI")),
}


@pytest.mark.parametrize("name", LOOSE)
def test_what_stands_behind_another_habilitation_is_refused(name: str) -> None:
    link, changed = LOOSE[name]
    report = verify(json.dumps(evidence.case(**changed).file()).encode(), Trust())
    assert any(
        link in str(one.facts.get("link")) for one in report.findings if one.level is Level.BAD
    )


@pytest.mark.parametrize("link", STORIES)
def test_documents_that_are_logged_but_do_not_match_are_refused(link: str) -> None:
    report = verify(json.dumps(evidence.case(**STORIES[link]).file()).encode(), Trust())
    assert link in {one.facts.get("link") for one in report.findings if one.level is Level.BAD}


@pytest.mark.parametrize(
    "origin", [{"toString": 1}, {"a": ["dossier:12"]}, [["dossier:12"]], [1], 1.5, True, 2**53]
)
def test_a_logged_document_of_no_known_shape_is_refused(origin: Any) -> None:
    """Whatever the log says of it: it is no document of ours, which no reader need guess at."""
    assert codes_of(evidence.case(habilitation={"origin": origin}).file()) == {"document-altered"}


def test_a_list_is_not_the_text_that_it_holds() -> None:
    """A habilitation that says where it comes from by a list comes from nowhere."""
    file = evidence.case(habilitation={"origin": ["dossier:12"]}).file()
    assert codes_of(file) == {"story-link"}


def test_steps_logged_in_another_order_are_refused() -> None:
    names = [name for name in KINDS if name not in {"delegation", "carrying"}] + ["request"]
    names.insert(0, names.pop(names.index("certificate")))
    assert "story-order" in codes_of(evidence.case(sequence={"names": names}).file())


def test_a_part_that_stays_sealed_takes_no_proof_away_from_the_rest() -> None:
    file = case().file()
    file["entries"][2]["opened"] = {}
    report = verify(json.dumps(file).encode(), Trust())
    assert report.ok
    assert Code.ENTRY_SEALED in {one.code for one in report.findings}


@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_every_finding_has_words(language: str) -> None:
    known = wording.words(language)
    assert set(known["findings"]) == {code.value for code in Code}
    assert set(known["names"]) >= set(KINDS) | set(STORIES)


def test_the_command_tells_people_and_programs_and_ends_with_a_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, poor = tmp_path / "good.json", tmp_path / "poor.json"
    good.write_text(json.dumps(case().file()))
    poor.write_text(json.dumps(evidence.altered(case().file(), ALTERATIONS[-1])))
    assert cli.main([str(good), "--language", "fr", "--key", case().log.vkey]) == 0
    assert "Ce dossier de preuve tient." in capsys.readouterr().out
    assert cli.main([str(poor), "--language", "en", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert not told["proved"]
    assert any(one["level"] == "bad" and one["words"] for one in told["findings"])
    assert cli.main([str(good), "--key", "a+b+c"]) == 2
    assert cli.main([str(tmp_path / "none.json")]) == 3


def test_the_commands_of_the_guide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Against the key and the root that are known, then a later checkpoint at its address."""
    grown = evidence.case()
    trusted, compared = commands.told("how-to/verifier-une-preuve")
    monkeypatch.chdir(tmp_path)
    Path("preuve-50001.json").write_text(json.dumps(grown.file()))
    Path("journal.vkey").write_text(grown.log.vkey)
    Path("racine.pem").write_text(grown.made.pem("root"))
    grown.log.add("logged-in", "account:2", {})
    grown.log.publish(tmp_path / "journal")
    with commands.served(tmp_path) as address:
        for block in (trusted, compared):
            ((program, *words),) = commands.words_of(block, {"http://pki.exemple.fr": address})
            assert program == "preuve/bin/guichet-verify"
            assert cli.main([*words, "--language", "en"]) == 0
    told = capsys.readouterr().out
    for words_told in ("verified by the key that you give", "21 entries and the one of 22 entries"):
        assert words_told in told


def test_it_needs_nothing_of_the_counter() -> None:
    imported = {
        name for name, module in sys.modules.items() if name.startswith("guichet_verify") and module
    }
    sources = {Path(sys.modules[name].__file__ or "") for name in imported}
    text = "".join(source.read_text() for source in sources)
    assert "import django" not in text
    assert "from guichet." not in text
