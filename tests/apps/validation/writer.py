"""The publisher's side of the store, in a process of its own as LMDB wants it.

Reads one JSON object a line (folder, authority, serial, record in hexadecimal, instant or null) and
answers each when it is stored; with an instant, its answers are signed then by the delegates there.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from guichet.validation import records
from guichet.validation.presigning import Presigner
from guichet.validation.records import Published
from guichet.validation.signers import Delegates
from guichet.validation.store import Signed, StoreWriter

STORED = "stored\n"
NEVER = datetime(2100, 1, 1, tzinfo=UTC)


class Writer:
    """This process's end of the pipe."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def put(self, folder: Path, found: Published, at: datetime | None = None) -> None:
        """Store one status, signed where an instant is given; durable when this returns."""
        asked = {
            "folder": str(folder),
            "authority": found.authority,
            "serial": found.serial,
            "record": records.pack(found.status, None, NEVER).hex(),
            "at": at and at.isoformat(),
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
        status = records.status(bytes.fromhex(asked["record"]))
        folder, published = (
            Path(asked["folder"]),
            Published(asked["authority"], asked["serial"], status),
        )
        with StoreWriter(folder) as store:
            if asked["at"]:
                presigner = Presigner(Delegates(folder, folder.parent / "responder"), store)
                presigner.refresh()
                store.put(presigner.signed([published], datetime.fromisoformat(asked["at"])))
            else:
                store.put([Signed(published, None, NEVER)])
            store.complete()
        sys.stdout.write(STORED)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
