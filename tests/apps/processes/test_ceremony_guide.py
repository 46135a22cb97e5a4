"""The guide's own plan is checked, rehearsed on SoftHSM and verified, by the commands it gives."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[3] / "docs" / "how-to" / "ceremonie-des-cles.md"
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
    rehearsed = guichet(
        *(tmp_path, "dry-run", "plan.toml", "--into", "repetition"),
        *("--unattended", "--short-keys"),
    )
    assert rehearsed.returncode == 0, rehearsed.stdout + rehearsed.stderr
    content = json.loads((tmp_path / "repetition" / "transcript.json").read_bytes())
    assert [found["code"] for found in content["certificates"]] == ["ACR-EL", "ACI-EL-ORG"]
    assert content["secret"]["threshold"] == 2
    verified = guichet(tmp_path, "verify", "repetition", "--seal", content["seal"]["sha256"])
    assert (verified.returncode, verified.stderr) == (0, "")
    assert "made by who is trusted" in verified.stdout
    assert not (tmp_path / "state").exists()  # neither touches the state in service
