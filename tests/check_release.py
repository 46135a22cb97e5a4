"""`make test-release`: a version packed twice is the same, is verified by its guide, and serves.

It is installed by pipx, away from the sources, and begun as a newcomer begins it.
"""

import os
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kit import guides, release, stack, tsa

PACKINGS: Final = 2
SHARED: Final = 0o644
STOP_S: Final = 90
READY_S: Final = 900
POLL_S: Final = 0.5
EVIDENCE: Final = release.ROOT / "tests" / "vectors" / "evidence" / "good.json"
PROGRAMS: Final = ("guichet", "guichet-client", "guichet-verify")


class BrokenError(Exception):
    """A version is not what it should be; the message says how."""


def packed_twice(place: Path) -> Path:
    """The version of the last commit. Raises BrokenError where packing it again gives another."""
    folders = [place / f"packed-{n}" for n in range(PACKINGS)]
    sums = set()
    for folder in folders:
        folder.mkdir()
        # Named from where one is, as `make release` does.
        release.build(release.ROOT, Path(os.path.relpath(folder)))
        sums.add(release.write_sums(folder))
    if len(sums) > 1:
        raise BrokenError("\n".join(["Packed twice, it differs:", *(one.decode() for one in sums)]))
    return folders[0]


def sealed(folder: Path, place: Path) -> None:
    """Seal it by an authority that is made for that, stamped by an authority of this machine.

    Raises BrokenError where none can be made.
    """
    stamping = tsa.make_tsa(place / "tsa")
    (folder / "horodatage-racine.pem").write_bytes(stamping.roots)
    with tsa.answering(stamping.reply) as url:
        os.environ |= {
            release.STATE: str(place / "authority"),
            release.NEW_ROOT: "1",
            release.ADDRESS: "http://pki.exemple.fr",
            "GUICHET_JOURNAL_TSA": url,
            "GUICHET_JOURNAL_TSA_ROOTS": str(stamping.folder / "root.pem"),
        }
        if found := list(release.unready(release.ROOT, os.environ)):
            raise BrokenError("\n".join(found))
        content = (folder / release.SUMS).read_bytes()
        release.seal(folder, content, release.number(release.ROOT))
    if shut := [one.name for one in folder.iterdir() if one.stat().st_mode & 0o777 != SHARED]:
        raise BrokenError(f"others cannot read {shut}")


def verified(folder: Path) -> None:
    """Run each block of the guide in it. Raises BrokenError."""
    for block in guides.Guide(guides.HOW_TO / "verifier-une-version.md").blocks():
        if block.mark == "run":
            told(["bash", "-euo", "pipefail", "-c", block.text], folder, os.environ)


def told(command: list[str], folder: Path, values: Mapping[str, str]) -> str:
    """What a command prints. Raises BrokenError where it fails."""
    done = subprocess.run(
        command, cwd=folder, env=values, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BrokenError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def installed(folder: Path, place: Path, pipx: Path) -> dict[str, str]:
    """Install the three wheels; the environment that finds their commands."""
    strange = ("GUICHET_", "PYTHON", "VIRTUAL_ENV")
    values = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    programs = place / "bin"
    values |= {"PIPX_HOME": str(place / "pipx"), "PIPX_BIN_DIR": str(programs)}
    for wheel in sorted(folder.glob("*.whl")):
        told([str(pipx), "install", str(wheel)], place, values)
    for name in PROGRAMS:
        if release.number(release.ROOT) not in told(
            [str(programs / name), "--version"], place, values
        ):
            raise BrokenError(f"{name} is another version")
    told([str(programs / "guichet-verify"), str(EVIDENCE)], place, values)
    return values | {"PATH": f"{programs}:{values['PATH']}"}


@contextmanager
def demo(place: Path, values: Mapping[str, str]) -> Iterator[stack.Stack]:
    """`guichet demo run` of what is installed, ready."""
    state = place / "var"
    asked = dict(values) | {
        name: value
        for name, value in stack.environment(state).items()
        if name.startswith("GUICHET_")
    }
    with (place / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [Path(values["PIPX_BIN_DIR"]) / "guichet", "demo", "run"],
            cwd=place,
            env=asked,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    running = stack.Stack(asked, state, process)
    try:
        begun = time.monotonic()
        while not stack.is_ready(running):
            if process.poll() is not None or time.monotonic() - begun > READY_S:
                raise BrokenError((place / "demo.log").read_text())
            time.sleep(POLL_S)
        yield running
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        process.wait(STOP_S)


def served(running: stack.Stack) -> None:
    """Read the home page and its style sheet. Raises BrokenError."""
    context = ssl.create_default_context(cafile=str(running.root))

    def read(path: str) -> str:
        url = running.portal_url + path
        with urllib.request.urlopen(url, context=context) as answer:  # noqa: S310 https, this machine
            return str(answer.read().decode())

    style = read("/").partition('rel="stylesheet" href="')[2].partition('"')[0]
    if not style or len(read(style)) < 1000:
        raise BrokenError("the home page has no style sheet")


def main(pipx: Path) -> None:
    """Each step, told when it is done."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        folder = packed_twice(place)
        say(f"packed twice, {len(list(folder.iterdir())) - 1} files are the same")
        sealed(folder, place)
        verified(folder)
        say("sealed, stamped and verified by openssl, as the guide says")
        values = installed(folder, place, pipx)
        say("installed by pipx, away from the sources; guichet-verify proves a file")
        with demo(place, values) as running:
            served(running)
        say("the demo serves its home page and its style sheet")


def say(what: str) -> None:
    """A line for who watches."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
