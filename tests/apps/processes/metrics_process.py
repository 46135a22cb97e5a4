"""A portal of two workers on a Unix socket that counts what it answers; no database.

Arguments: the socket, the folder of figures. Answers JSON: who answered, whether it is the teller,
and the text that Prometheus would read.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from guichet.web import shared_metrics


def main(socket: str, folder: str) -> None:
    shared_metrics.share(Path(folder))
    from guichet.processes.portal import GunicornServer  # noqa: PLC0415 shared before it is imported
    from guichet.web import metrics  # noqa: PLC0415

    teller = shared_metrics.Teller()

    def answer(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
        metrics.REQUESTS.labels("portal", "GET", "/", "200").inc()
        metrics.SECONDS.labels("portal").observe(0.1)
        start_response("200 OK", [("Connection", "close")])
        told = {
            "pid": os.getpid(),
            "teller": teller.is_this(),
            "text": metrics.exposition().decode(),
        }
        return [json.dumps(told).encode()]

    GunicornServer(answer, f"unix:{socket}", workers=2).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
