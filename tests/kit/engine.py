"""A Debian 13 with its own container engine, booted beside this machine (kit/booted.py).

No registry of images is needed: what the Containerfile and compose.yaml begin from is made of
Debian's packages under the same names (kit/images), each a stand-in that does what the image of
that name documents. Debian's mirror, the certificates and the settings of apt are this machine's.
What was made once is kept in .cache/compose, for `make clean` to remove.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kit import booted
from kit.booted import Machine
from kit.documents import ROOT

RELEASE: Final = "trixie"
CACHE: Final = ROOT / ".cache" / "compose"
BASE: Final = CACHE / "debian"
IMAGE: Final = CACHE / "debian.tar"
HOST: Final = CACHE / "host"
IMAGES: Final = CACHE / "images"
ENGINE: Final = (
    "ca-certificates",
    "curl",
    "dbus",
    "docker-buildx",
    "docker-cli",
    "docker-compose",
    "docker.io",
    "git",
    "iptables",
    "openssl",
    "systemd",
)
AUTHORITIES: Final = "/etc/ssl/certs/ca-certificates.crt"
# What pip, npm and uv trust, where a machine reaches registries through an authority of its own.
TRUSTING: Final = ("PIP_CERT", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
DEBIAN: Final = "guichet-test/debian"
STAND_INS: Final = {
    "docker.io/library/python:3.13-slim-trixie": "python",
    "docker.io/library/postgres:17-bookworm": "postgres",
    "docker.io/nginxinc/nginx-unprivileged:1.28-bookworm": "nginx",
}
# The resolver that slirp4netns answers as, in the machine's network (slirp4netns(1)).
RESOLVER: Final = "10.0.2.3"
BUILD_S: Final = 1800
LEFT: Final = """
docker ps -aq | xargs -r docker rm -f > /dev/null
docker volume prune -af > /dev/null
docker network prune -f > /dev/null
docker image prune -f > /dev/null
docker builder prune -f --keep-storage 4GB > /dev/null
"""
TUNNEL: Final = Path("/dev/net/tun")


@contextmanager
def machine() -> Iterator[Machine]:
    """One whose engine runs, with its images; fails where it cannot be made, and says why."""
    assert os.geteuid() == 0, "only root may make a machine with an engine"
    assert TUNNEL.exists(), (
        f"{TUNNEL} is missing: what is built there has no way to Debian's mirror"
    )
    if not HOST.exists():
        _make_files()
    IMAGES.mkdir(exist_ok=True)
    with booted.machine(HOST, (IMAGES, "/var/lib/docker")) as made, _network(made):
        begun = made.ends("systemctl start docker || { journalctl -u docker -o cat; false; }")
        assert begun.returncode == 0, f"no engine runs here: {begun.stdout}"
        made.run(LEFT)
        _put_images(made)
        try:
            yield made
        finally:
            made.run(LEFT)


@contextmanager
def _network(made: Machine) -> Iterator[None]:
    """What leaves that machine leaves by a program of this one: nothing is set here as root."""
    words = ("--configure", "--mtu=65520", "--disable-host-loopback", str(made.first), "tap0")
    with subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "slirp4netns", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        made.run(f"echo nameserver {RESOLVER} > /etc/resolv.conf")
        try:
            yield
        finally:
            process.kill()


def _make_files() -> None:
    """A bare Debian for images, then the same with an engine; whole or not at all."""
    for place in (BASE, HOST):
        shutil.rmtree(place, ignore_errors=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    mirror, *_ = _told("apt-get", "indextargets", "--format", "$(REPO_URI)").split()
    _told("debootstrap", "--variant=minbase", "--include=ca-certificates", RELEASE, BASE, mirror)
    shutil.copy(AUTHORITIES, f"{BASE}{AUTHORITIES}")
    fetching = _told("apt-config", "dump", "Acquire")
    (BASE / "etc" / "apt" / "apt.conf.d" / "80acquire").write_text(fetching)
    _told("tar", "-C", BASE, "-cf", IMAGE, ".")
    shutil.copy("/etc/resolv.conf", BASE / "etc" / "resolv.conf")
    install = "apt-get -qq update && apt-get -qq install -y --no-install-recommends"
    # Its services are not for here: policy-rc.d refuses to start them (invoke-rc.d(8)).
    policy = BASE / "usr" / "sbin" / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    inside = f"mount -t proc proc /proc; {install} {' '.join(ENGINE)}"
    _told("unshare", "--mount", "--pid", "--fork", "chroot", BASE, "sh", "-ec", inside)
    shutil.copy(AUTHORITIES, f"{BASE}{AUTHORITIES}")
    BASE.rename(HOST)


def _put_images(made: Machine) -> None:
    """Those that are not there yet."""
    if made.ends(f"docker image inspect {DEBIAN}").returncode:
        trusting = " ".join(f"-c 'ENV {name}={AUTHORITIES}'" for name in TRUSTING)
        place = booted.SOURCES / IMAGE.relative_to(ROOT)
        made.run(f"docker import {trusting} {place} {DEBIAN}")
    for name, folder in STAND_INS.items():
        place = booted.SOURCES / "tests" / "kit" / "images" / folder
        made.run(f"docker build -q -t {name} -f {place}/Containerfile {place}", BUILD_S)


def _told(*words: str | Path) -> str:
    """What a command of this machine prints; one that fails fails the test."""
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout
