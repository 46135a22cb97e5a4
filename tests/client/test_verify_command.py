"""guichet-verify at a command line: files as people have them, and a server that is not there."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from guichet_verify import cli
from kit import evidence


@pytest.mark.parametrize("answer", [b"", b"rubbish\r\n\r\n", b"HTTP/1.1 404 Not Found\r\n\r\n"])
def test_a_comparison_that_was_asked_for_and_not_made_is_not_passed_over(
    answer: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By a server that hangs up, speaks something else, or has nothing."""
    (tmp_path / "good.json").write_text(json.dumps(evidence.case().file()))
    with answering_once(answer) as address:
        words = [str(tmp_path / "good.json"), "--language", "en", "--checkpoint", address]
        assert cli.main(words) == cli.Exit.UNREADABLE
    assert "The other checkpoint, or its tiles, cannot be read" in capsys.readouterr().out


@contextmanager
def answering_once(answer: bytes) -> Iterator[str]:
    """An address whose server gives this to the first who calls."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(4096)
                caller.sendall(answer)

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/checkpoint"
        thread.join()


def test_roots_may_be_explained_and_a_key_s_file_be_named_anyhow(tmp_path: Path) -> None:
    """As `openssl x509 -text` writes them, in any encoding; a "+" makes no key of a path."""
    made = evidence.case()
    evidence_file, roots = tmp_path / "good.json", tmp_path / "roots.pem"
    evidence_file.write_text(json.dumps(made.file()))
    roots.write_bytes("# Autorité racine\n".encode("latin-1") + made.made.pem("root").encode())
    key = tmp_path / "a+b.vkey"
    key.write_text(made.log.vkey)
    assert cli.main([str(evidence_file), "--roots", str(roots), "--key", str(key)]) == 0
    roots.write_text("# nothing\n")
    assert cli.main([str(evidence_file), "--roots", str(roots)]) == cli.Exit.USAGE
