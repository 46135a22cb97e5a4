"""Ceremonies held: resumed where they were cut, told without a secret, verified octet by octet."""
# ruff: noqa: F811 a fixture is an argument of the same name

import io
import json
import re
import stat
from typing import Any

import pytest
from rich.console import Console

from apps.processes.ceremony_room import (
    ISSUING,
    PASSWORD,
    PLAN,
    ROOT,
    Room,
    Script,
    authorities,
    events,
    joined,
    room,  # noqa: F401 the fixtures
)
from guichet.authority import ceremonies, queries
from guichet.authority.ceremonies import CeremonyError
from guichet.domain.ceremonies import share_text
from guichet.domain.ceremonies.shares import split
from guichet.journal import queries as journal
from guichet.keystore import open_keystore
from guichet.processes.ceremony import console, desk, run, verify
from guichet.processes.ceremony.desk import HaltedError, TerminalDesk


def test_a_ceremony_that_is_cut_goes_on(
    room: Room, db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Stopped twice, it makes each key once; its transcript holds no secret and is verified."""
    first = Script(unsaid="before the screen?")
    assert console.hold(room.plan, first) == console.HALTED
    assert first.announced == ["open", "presence-1", "presence-2", "presence-3", "custody"]
    second = Script()
    fails = {ISSUING: "the token is gone"}
    real = ceremonies.create

    def create(ceremony: Any, spec: Any) -> Any:
        made = real(ceremony, spec)
        if spec.code in fails:  # it was made, and the ceremony knows nothing of it
            raise CeremonyError(fails[spec.code])
        return made

    monkeypatch.setattr(ceremonies, "create", create)
    assert console.hold(room.plan, second) == console.HALTED
    assert second.announced == ["custody", "act-1", "act-2"]
    assert "the token is gone" in second.said[-1]
    made = queries.authorities()
    fails.clear()
    envelope = next(room.folder.glob("state/ceremonies/*/shares/*-2.cms"))
    card = [str(envelope), str(room.folder / "boris.p12"), PASSWORD]
    signature = [str(room.folder / "boris.p12"), PASSWORD]
    foreign = share_text.written(split(b"another secret", 2, 3)[0])
    third = Script(answers=["", foreign, "", second.shown[0], *card, *signature])
    with run.alone(envelope.parents[1]):
        assert console.hold(room.plan, stranger := Script()) == console.HALTED
    assert "Another terminal" in stranger.said[-1]
    assert console.hold(room.plan, third) == console.DONE
    assert (third.announced, third.answers) == (["act-2", "close"], [])
    assert any("is wanted" in said for said in third.said)
    assert queries.authorities() == made
    assert [authority.code for authority in made] == [ROOT, ISSUING]
    assert events(room) == [
        *("ceremony-begun", "officer-present", "officer-present", "officer-present"),
        *("shares-handed-out", "shares-joined", "ceremony-ended"),
    ]
    told = b"".join(path.read_bytes() for path in room.folder.rglob("*") if path.is_file())
    for secret in (*second.shown, *third.said, joined(second.shown)):
        assert secret in third.said or secret.encode() not in told
        assert secret not in caplog.text
    assert not list(room.folder.rglob("seal.key"))
    verdict = verify.verify(room.transcript, authorities(room, "cards.pem"), ())
    assert (verdict.ok, verdict.faults) == (True, []), verdict
    # Once more: nothing is left to do, and nothing changes.
    before = {path.name: path.read_bytes() for path in room.transcript.iterdir()}
    assert console.hold(room.plan, Script()) == console.DONE
    assert {path.name: path.read_bytes() for path in room.transcript.iterdir()} == before


@pytest.fixture
def held(room: Room, db: None) -> Room:
    """A ceremony held whole for one root, signed by one card."""
    room.plan.write_text(PLAN[: PLAN.rindex("[[act]]")].replace("KEYS", str(room.folder / "keys")))
    signature = [str(room.folder / "boris.p12"), PASSWORD]
    script = Script(answers=signature)
    assert console.hold(room.plan, script) == console.DONE, script.said
    (room.folder / "shares.txt").write_text("\n\n".join(script.shown))
    return room


def test_one_octet_altered_is_found(held: Room, capsys: pytest.CaptureFixture[str]) -> None:
    """Of any file; and what is given must be in it.

    Of a signature's file only what is signed counts: its version, for one, is nobody's word.
    """
    trust = [held.folder / "cards.pem"]
    assert verify.check(held.transcript, trust, [held.folder / "boris.pem"]) == 0
    assert "made by who is trusted" in capsys.readouterr().out
    assert verify.check(held.transcript, (), ()) == 1
    assert "nothing shows who made it" in capsys.readouterr().out
    assert verify.check(held.transcript, trust, trust) == 1
    assert "neither told nor signs" in capsys.readouterr().out
    # A card that is only named, and signs nothing, shows nothing.
    signature = (held.transcript / "officer-2.cms").read_bytes()
    (held.transcript / "officer-2.cms").unlink()
    assert verify.check(held.transcript, (), [held.folder / "boris.pem"]) == 1
    (held.transcript / "officer-2.cms").write_bytes(signature)
    seal = json.loads((held.transcript / "transcript.json").read_bytes())["seal"]["sha256"]
    assert verify.check(held.transcript, (), (), f"{seal[:8]} {seal[8:].upper()}") == 0
    assert verify.check(held.transcript, (), (), "0" * 64) == 1
    given = authorities(held, "cards.pem")
    for path in sorted(held.transcript.iterdir()):
        data = path.read_bytes()
        parts = 2 if path.suffix == ".cms" else 60
        for place in (*range(0, len(data), len(data) // parts), len(data) - 1):
            altered = bytearray(data)
            altered[place] ^= 1
            path.write_bytes(altered)
            assert not verify.verify(held.transcript, given, ()).ok, (path.name, place)
        path.write_bytes(data)
    (held.transcript / "seal.cms").unlink()
    assert "The seal is missing" in "".join(verify.verify(held.transcript, given, ()).faults)


def test_shares_unlock_the_signer(held: Room, settings: Any) -> None:
    """Two of three, refused ones asked for again; the credential is for its owner alone."""
    one, three = (held.folder / "shares.txt").read_text().split("\n\n")
    mistyped = one.replace(one[0], "Z" if one[0] != "Z" else "Y", 1)
    script = Script(answers=["", mistyped, "", one, "", one, "", three])
    assert console.unlock(None, script) == console.DONE
    assert re.search(r"group 1\b", script.said[1])
    assert any("no. 1 was given already" in said for said in script.said)
    credential = settings.GUICHET.state / "secrets" / "keystore"
    assert stat.S_IMODE(credential.stat().st_mode) == 0o600
    keystore = open_keystore(settings.GUICHET.keystore, credential.read_bytes())
    assert keystore.labels() == {ROOT}
    assert keystore.public_key(ROOT)
    assert console.unlock(None, Script()) == console.HALTED
    foreign = Script(answers=["", "0" * 90] * 5)
    assert console.unlock(held.folder / "other", foreign) == console.HALTED
    assert not (held.folder / "other").exists()
    assert credential.read_text() not in "".join(script.said + foreign.said)


def test_what_does_not_fit_is_refused_before_anything(room: Room, db: None, settings: Any) -> None:
    """Another environment, another keystore, a card that opens nothing: all at once, no step."""
    other = PLAN.replace('"test"', '"production"').replace("-TEST", "")
    room.plan.write_text(other)
    (room.folder / "boris.pem").write_bytes((room.folder / "cards.pem").read_bytes())
    script = Script()
    assert console.hold(room.plan, script) == console.WRONG
    told = "\n".join(script.said)
    for words in ("GUICHET_ENVIRONMENT=production", "keystore: the plan says", "is not RSA"):
        assert words in told
    assert (script.announced, journal.recent()) == ([], ())


def test_one_keystore_never_holds_both_hierarchies(room: Room, db: None) -> None:
    secret = "a passphrase in service"
    open_keystore(f"file:{room.folder / 'keys'}", secret.encode()).generate("ACR-EL", "p-256")
    room.plan.write_text(room.plan.read_text().replace('"new"', '"divide"'))
    script = Script(answers=[secret, secret])
    assert console.hold(room.plan, script) == console.HALTED
    assert "keys of another environment (ACR-EL)" in script.said[-1]
    assert script.shown == []
    # Nor does a new secret take the place of the one that opens what is there.
    room.plan.write_text(room.plan.read_text().replace('"divide"', '"new"'))
    script = Script()
    assert console.hold(room.plan, script) == console.HALTED
    assert "holds keys already" in script.said[-1]


def test_a_share_mistyped_is_shown_again(room: Room, db: None) -> None:
    room.plan.write_text(room.plan.read_text().partition("[[act]]")[0])
    wrong = iter([True, False, False])
    script = Script(typed=lambda text: text[:-1] if next(wrong) else text)
    script.answers = ["", ""]
    assert console.hold(room.plan, script) == console.DONE
    assert [len(script.shown), len(set(script.shown))] == [3, 2]
    assert any("incomplete" in said for said in script.said)


def test_a_share_is_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """On its other screen, cleared before it is typed back and gone when it is left."""
    written = io.StringIO()
    screen = Console(file=written, force_terminal=True, width=100)
    typed = iter(["", "AAAAA"])
    monkeypatch.setattr(screen, "input", lambda *_args, **_named: next(typed))
    with pytest.raises(HaltedError, match="on a terminal alone"):
        TerminalDesk(screen).hand_share("Anne", "SECRET SHARE")
    assert written.getvalue() == ""
    monkeypatch.setattr(desk.sys.stdin, "isatty", lambda: True)
    assert TerminalDesk(screen).hand_share("Anne", "SECRET SHARE") == "AAAAA"
    shown = written.getvalue()
    opened, closed = shown.index("\x1b[?1049h"), shown.index("\x1b[?1049l")
    assert opened < shown.index("SECRET SHARE") < shown.rindex("\x1b[2J") < closed
    assert shown.count("SECRET SHARE") == 1
