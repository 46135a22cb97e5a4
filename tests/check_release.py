"""`make test-release`: a version is verified by its guide, built again the same, and serves.

It is installed by the pages' own commands: by pip as on a machine that serves, by pipx as a
newcomer does, away from the sources; so is what verifies evidence.
"""

import os
import shlex
import shutil
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

from kit import documents, guides, release, stack, tsa

HERE: Final = "tests/check_release.py::"
INSTALLER: Final = documents.DOCS / "how-to" / "installer.md"
PROOFS: Final = documents.DOCS / "how-to" / "verifier-une-preuve.md"
GUIDE: Final = guides.Guide(guides.HOW_TO / "verifier-une-version.md")
ADDRESS: Final = "http://pki.exemple.fr"
# What differs from one builder to the next and must not show: besides the folder, its umask, the
# hour and the day, the locale, the order in which Python finds what is in a set.
PUBLISHER: Final = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}
THIRD: Final = {"TZ": "UTC-14", "LC_ALL": "C", "PYTHONHASHSEED": "2"}
PUBLISHER_UMASK: Final = 0o022
THIRD_UMASK: Final = 0o077
SHARED: Final = 0o644
STOP_S: Final = 90
READY_S: Final = 900
POLL_S: Final = 0.5
EVIDENCE: Final = release.ROOT / "tests" / "vectors" / "evidence" / "good.json"
NAME: Final = f"guichet-{release.number(release.ROOT)}"
PROGRAMS: Final = ("guichet", "guichet-client", "guichet-verify")
# Settings of a counter, of a virtual environment or of the `make` that runs this.
OURS: Final = ("GUICHET_", "RELEASE_", "PYTHONPATH", "VIRTUAL_ENV", "MAKE", "MFLAGS")


class BrokenError(Exception):
    """A version is not what it should be; the message says how."""


def published(place: Path) -> Path:
    """The version of the last commit, by `make release` in a clone: sealed and stamped.

    Raises BrokenError.
    """
    clone, version = place / "clone", place / "elsewhere" / "version"
    told(["git", "clone", "-q", str(release.ROOT), str(clone)], place, stranger())
    stamping = tsa.make_tsa(place / "tsa")
    with tsa.answering(stamping.reply) as url:
        asked = {
            release.STATE: str(place / "authority"),
            release.NEW_ROOT: "1",
            release.ADDRESS: ADDRESS,
            "GUICHET_JOURNAL_TSA": url,
            "GUICHET_JOURNAL_TSA_ROOTS": str(stamping.folder / "root.pem"),
        }
        told(["make", "release"], clone, stranger() | PUBLISHER | asked, PUBLISHER_UMASK)
    version.parent.mkdir()
    (clone / "dist").rename(version)
    require_shared(version)
    (version / "horodatage-racine.pem").write_bytes(stamping.roots)
    return version


def made_again(version: Path) -> None:
    """Build it in another clone by the guide's own words. Raises BrokenError where it differs."""
    place = version.parent
    asked = {"DEPOT": str(release.ROOT), "ESSAI": str(place / "trial")}
    text = documents.run_by(GUIDE.path, f"{HERE}made_again")
    shell(text, place, stranger() | THIRD | asked, THIRD_UMASK)
    require_shared(place / "guichet" / "dist")


def require_shared(version: Path) -> None:
    """Raises BrokenError where others cannot read it."""
    if shut := [one.name for one in version.iterdir() if one.stat().st_mode & 0o777 != SHARED]:
        raise BrokenError(f"others cannot read {shut}")


def stranger() -> dict[str, str]:
    """The environment of somebody who has none of our settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


def verified(folder: Path) -> None:
    """Run each block of the guide in it. Raises BrokenError."""
    for block in GUIDE.blocks():
        if block.mark == "run":
            shell(block.text, folder, os.environ)


def shell(text: str, folder: Path, values: Mapping[str, str], umask: int = -1) -> None:
    """Run a block until what fails. Raises BrokenError."""
    told(["bash", "-euo", "pipefail", "-c", text], folder, values, umask)


def told(command: list[str], folder: Path, values: Mapping[str, str], umask: int = -1) -> str:
    """What a command prints. Raises BrokenError where it fails."""
    done = subprocess.run(
        command, cwd=folder, env=values, capture_output=True, text=True, check=False, umask=umask
    )
    if done.returncode:
        raise BrokenError(f"{command}: {done.stdout}{done.stderr}")
    return done.stdout


def unpacked(version: Path, place: Path) -> Path:
    """The folder that the guide of installation begins from: the sources, the version in dist/."""
    told(["tar", "-xf", str(version / f"{NAME}.tar.gz"), "-C", str(place)], place, stranger())
    sources = place / NAME
    shutil.copytree(version, sources / "dist")
    return sources


def installed_by_pip(sources: Path) -> None:
    """The page's environment, somewhere else than in /opt. Raises BrokenError."""
    place = str(sources.parent / "opt")
    text = documents.run_by(INSTALLER, f"{HERE}installed_by_pip")
    shell(text.replace("/opt", place), sources, stranger())
    values = stranger() | {"GUICHET_STATE": str(sources.parent / "none")}
    command = ["bash", "-c", f"{place}/{NAME}/bin/guichet doctor || [ $? = 1 ]"]
    if "well     python" not in (said := told(command, sources, values)):
        raise BrokenError(f"the doctor looks at nothing: {said}")


def installed_by_pipx(sources: Path, pipx: Path) -> tuple[dict[str, str], list[str]]:
    """By the page, and the two packages beside likewise.

    Returns the environment that finds their commands, and the last one of the page, which stays.
    Raises BrokenError.
    """
    place = sources.parent
    programs = place / "bin"
    values = stranger() | {"PIPX_HOME": str(place / "pipx"), "PIPX_BIN_DIR": str(programs)}
    values["PATH"] = f"{programs}:{pipx.parent}:{values['PATH']}"
    *first, last = documents.run_by(INSTALLER, f"{HERE}installed_by_pipx").splitlines()
    shell("\n".join(first), sources, values)
    for wheel in sorted((sources / "dist").glob("guichet_*.whl")):
        told([str(pipx), "install", str(wheel)], place, values)
    for name in PROGRAMS:
        if release.number(release.ROOT) not in told(
            [str(programs / name), "--version"], place, values
        ):
            raise BrokenError(f"{name} is another version")
    return values, shlex.split(last)


def evidence_verified(sources: Path) -> None:
    """By what the page installs. Raises BrokenError where it does not hold."""
    shell(documents.run_by(PROOFS, f"{HERE}evidence_verified"), sources, stranger())
    told(["preuve/bin/guichet-verify", str(EVIDENCE)], sources, stranger())


@contextmanager
def demo(place: Path, values: Mapping[str, str], command: list[str]) -> Iterator[stack.Stack]:
    """The demo of what is installed, begun by that command, ready."""
    state = place / "var"
    asked = dict(values) | {
        name: value
        for name, value in stack.environment(state).items()
        if name.startswith("GUICHET_")
    }
    with (place / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            [Path(values["PIPX_BIN_DIR"]) / command[0], *command[1:]],
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
        folder = published(place)
        say("built, sealed and stamped in a clone")
        verified(folder)
        say("verified by openssl, as the guide says")
        made_again(folder)
        say("built again in another clone, as the guide says: all files are the same")
        sources = unpacked(folder, place)
        installed_by_pip(sources)
        say("installed by pip, as the guide says: the doctor looks at what there is")
        evidence_verified(sources)
        say("guichet-verify, installed as the guide says, proves a file")
        values, command = installed_by_pipx(sources, pipx)
        say("installed by pipx, as the guide says, away from the sources")
        with demo(place, values, command) as running:
            served(running)
        say("the demo serves its home page and its style sheet")


def say(what: str) -> None:
    """A line for who watches."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
