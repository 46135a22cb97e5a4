"""`python -m guichet.demo.alarm FILE`: stops the supervisor when it gives a process up.

supervisord goes on with the processes that are left, which nobody would notice: this listener of
its events (http://supervisord.org/events.html) writes the name down and asks it to stop.
"""

import os
import signal
import sys
from pathlib import Path

from supervisor import childutils


def main(given_up: Path) -> None:
    """Wait for PROCESS_STATE_FATAL, the only event that this listener is sent."""
    while True:
        _, payload = childutils.listener.wait(sys.stdin, sys.stdout)
        given_up.write_text(childutils.get_headers(payload)["processname"])
        childutils.listener.ok(sys.stdout)
        os.kill(os.getppid(), signal.SIGTERM)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
