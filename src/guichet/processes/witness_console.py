"""What the command line does for somebody who is a witness of the log."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from guichet.conf.readers import PORT_RANGE
from guichet.journal.notes import NoteError, VerifierKey
from guichet.journal.tiles import TileError
from guichet.journal.witnessing import Witness
from guichet.processes import witnessing
from guichet.processes.told import Told


def run(folder: Path, logs: Sequence[str], name: str, *, follow: str, listen: str) -> Told:
    """Follow once, or listen until stopped; without either, tell the key."""
    host, _, port = listen.rpartition(":")
    if listen and not (host and port.isascii() and port.isdigit() and int(port) in PORT_RANGE):
        return Told(False, f"--listen: host:port, a port from 1 to 65535, not {listen}")
    try:
        known = [VerifierKey.parse(log) for log in logs]
        witness, vkey = witnessing.open_witness(folder, name, known)
    except NoteError as error:
        return Told(False, f"{error}. --name is needed the first time; --log is a log's key.")
    if follow:
        return _follow(witness, known, follow)
    if listen:
        _listen(witness, host, int(port))
    return Told(True, vkey)


def _follow(witness: Witness, logs: Sequence[VerifierKey], base: str) -> Told:
    """The first of the logs is the one at the address."""
    before = witness.seen(logs[0].name)
    try:
        reply = witnessing.follow(witness, logs[0], base, datetime.now(UTC))
    except (NoteError, TileError, OSError) as error:
        return Told(False, f"Nothing was cosigned: {error}")
    if reply.status != 200:
        return Told(False, f"NOT A CONTINUATION of {before.size} entries: {reply.text.strip()}")
    after = witness.seen(logs[0].name)
    return Told(True, f"{before.size} -> {after.size} entries\n{reply.text.strip()}")


def _listen(witness: Witness, host: str, port: int) -> None:
    with witnessing.serve(witness, host, port) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
