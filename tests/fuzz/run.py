"""`make fuzz`: a reader, or the whole way of a request through the responder, where code branches.

No part of the suite: it goes on for as long as it is told. What breaks is left in the folder.
"""

import os
import sys
from base64 import b64encode
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote

import atheris

os.environ |= {
    "DJANGO_SETTINGS_MODULE": "guichet.conf.settings",
    "GUICHET_STATE": mkdtemp(prefix="guichet-fuzz-"),
    "GUICHET_DEMO": "1",
}
with atheris.instrument_imports(include=["guichet", "guichet_verify"]):
    import django

    django.setup()
    from apps.validation.fuzzing import REFUSALS, answering
    from apps.validation.writer import running
    from fuzz.targets import TARGETS

RESPONDER = "responder"
FITS_AN_ADDRESS = 1_000


def responder(folder: Path, stack: ExitStack) -> tuple[Callable[[bytes], None], tuple[bytes, ...]]:
    """One that knows a certificate, asked by POST and, where it fits, by GET."""
    writer = stack.enter_context(running())
    made = stack.enter_context(answering(folder / "state", writer))
    asked = replace(made, refusals=REFUSALS | {"TRY_LATER"})

    def ask(body: bytes) -> None:
        asked.judge(asked.post(body))
        if len(body) <= FITS_AN_ADDRESS:
            path = f"/ocsp/{quote(b64encode(body).decode(), safe='')}"
            asked.check(asked.ask("GET", path))

    return ask, asked.seeds


def main(name: str, folder: Path, *options: str) -> None:
    """Fuzz a target from the inputs kept in the folder on; options are libFuzzer's."""
    kept = folder / name
    kept.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if name == RESPONDER:
            ask, seeds = responder(folder, stack)
        else:
            ask, seeds = TARGETS[name].ask, TARGETS[name].seeds
        for number, seed in enumerate(seeds):
            (kept / f"seed-{number}").write_bytes(seed)
        atheris.Setup([sys.argv[0], f"-artifact_prefix={folder}/{name}-", *options, str(kept)], ask)
        atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == "list":
        sys.stdout.write("\n".join((RESPONDER, *sorted(TARGETS))) + "\n")
    else:
        main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
