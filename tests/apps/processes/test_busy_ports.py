"""The demo's ports that others have: refused as any command refuses."""

import pytest

from guichet.demo import run as demo


def test_ports_that_are_taken_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On standard error, and 1."""
    monkeypatch.setattr(demo, "busy_ports", lambda _environment: (8443, 8080))
    assert demo.run() == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Ports already in use: 8443, 8080.\n")
