"""The guide's own plan is checked, rehearsed on SoftHSM and verified, by the commands it gives."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from apps.processes.ceremony_room import PASSWORD, Room, Script, room  # noqa: F401 a fixture
from guichet.keystore import open_keystore
from guichet.processes import hardening
from guichet.processes.ceremony import console
from kit import commands
from kit.documents import DOCS

PAGE = "how-to/ceremonie-des-cles"
GUIDE = DOCS / f"{PAGE}.md"
COMMAND = Path(sys.executable).parent / "guichet"


def guichet(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `guichet ceremony …` where the plan is, on a state of its own."""
    environment = {**os.environ, "GUICHET_STATE": str(folder / "state"), "COLUMNS": "100"}
    command = [str(COMMAND), "ceremony", *words]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.own_database
def test_the_guide_is_followed(tmp_path: Path) -> None:
    text = GUIDE.read_text()
    for verb in ("plan", "dry-run", "run", "sign", "verify", "unlock"):
        assert f"guichet ceremony {verb}" in re.sub(r"\s+", " ", text)
    (tmp_path / "plan.toml").write_text(re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[0])
    (block,) = commands.told(PAGE)
    ((_guichet, _ceremony, *words),) = commands.words_of(block)
    rehearsed = guichet(tmp_path, *words)
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    content = json.loads((tmp_path / "repetition" / "transcript.json").read_bytes())
    assert [found["code"] for found in content["certificates"]] == ["ACR-EL", "ACI-EL-ORG"]
    assert content["secret"]["threshold"] == 2
    verified = guichet(tmp_path, "verify", "repetition", "--seal", content["seal"]["sha256"])
    assert (verified.returncode, verified.stderr) == (0, "")
    assert "made by who is trusted" in verified.stdout
    assert not (tmp_path / "state").exists()  # neither touches the state in service


def test_a_ceremony_is_held_told_and_put_into_service_by_the_guide(
    room: Room,  # noqa: F811 the fixture
    db: None,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An officer signs after it; whoever has the paper, or trusts the cards, verifies it."""
    plan = room.plan.read_text()
    room.plan.write_text(plan[: plan.rindex("[[act]]")])
    hold, sign, verify, unlock = commands.told(PAGE)
    monkeypatch.setattr(hardening, "harden", lambda: None)
    card = str(room.folder / "boris.p12")
    held, signed = Script(answers=[""]), Script(answers=[card, PASSWORD])

    def follow(
        block: str, people: Script, folder: Path, known: Mapping[str, str] = commands.NOTHING
    ) -> list[str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(console, "TerminalDesk", lambda: people)
        said = commands.guichet(block, known)
        assert people.answers == []
        return said

    follow(hold, held, room.folder)
    beside = room.transcript.parent
    follow(sign, signed, beside)
    assert signed.said == ["Signed by CN=Boris Second."]
    seal = json.loads((room.transcript / "transcript.json").read_bytes())["seal"]["sha256"]
    known = {
        "3d95736f 83288829 …": seal,
        "autorites-des-cartes.pem": str(room.folder / "cards.pem"),
    }
    told = follow(verify, Script(), beside, known)
    assert ["made by who is trusted" in one for one in told] == [True, True]
    one, three = held.shown
    follow(unlock, Script(answers=["", one, "", three]), beside)
    secret = (settings.GUICHET.state / "secrets" / "keystore").read_bytes()
    assert open_keystore(settings.GUICHET.keystore, secret).labels() == {"ACR-EL-TEST"}
