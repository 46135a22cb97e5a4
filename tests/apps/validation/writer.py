"""The clerk's side of the published statuses, in a process of its own as LMDB wants it.

Reads one JSON object a line (folder, authority, serial, status in hexadecimal) and answers each
when it is stored.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from guichet.validation.statuses import Published, StatusWriter, decode, encode
from guichet.x509.ocsp import Good, Revoked

STORED = "stored\n"


class Writer:
    """This process's end of the pipe."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def put(self, folder: Path, found: Published) -> None:
        """Store one status; it is durable when this returns."""
        asked = {
            "folder": str(folder),
            "authority": found.authority,
            "serial": found.serial,
            "status": encode(found.status).hex(),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == STORED


@contextmanager
def running() -> Iterator[Writer]:
    """A writer that runs for the length of the block."""
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Writer(process)


def main() -> None:
    """Store what is asked until the pipe is closed."""
    for line in sys.stdin:
        asked = json.loads(line)
        status = decode(bytes.fromhex(asked["status"]))
        assert isinstance(status, Good | Revoked)
        with StatusWriter(Path(asked["folder"])) as writer:
            writer.put([Published(asked["authority"], asked["serial"], status)])
        sys.stdout.write(STORED)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
