"""The way of a request through the responder, fuzzed where its code branches: `make fuzz`.

No part of the suite: it goes on for as long as it is told. What breaks is left in the folder.
"""

import sys
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import atheris

with atheris.instrument_imports(include=["guichet"]):
    from apps.validation.fuzzing import REFUSALS, answering
    from apps.validation.writer import running

FITS_AN_ADDRESS = 1_000


def main(folder: Path, *options: str) -> None:
    """Fuzz from the requests kept in the folder on; options are libFuzzer's."""
    kept = folder / "requests"
    kept.mkdir(parents=True, exist_ok=True)
    with running() as writer, answering(folder / "state", writer) as made:
        responder = replace(made, refusals=REFUSALS | {"TRY_LATER"})
        for number, seed in enumerate(responder.seeds):
            (kept / f"seed-{number}").write_bytes(seed)

        def ask(body: bytes) -> None:
            responder.judge(responder.post(body))
            if len(body) <= FITS_AN_ADDRESS:
                path = f"/ocsp/{quote(b64encode(body).decode(), safe='')}"
                responder.check(responder.ask("GET", path))

        atheris.Setup([sys.argv[0], f"-artifact_prefix={folder}/", *options, str(kept)], ask)
        atheris.Fuzz()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
