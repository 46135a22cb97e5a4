"""The PKCS#12 that our TypeScript makes is opened by every reader people have, by its password."""

import base64
import json
import os
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from guichet.domain.catalogue import authorities, profiles
from guichet.domain.certificates import csr_policy, naming
from guichet.domain.certificates.plan import plan
from guichet.orders.key_pages import OLD_WINDOWS
from guichet.x509 import certificate, possession
from kit import pki
from protocols.workshop import hierarchy

pytestmark = pytest.mark.xdist_group("archives")
ROOT = Path(__file__).resolve().parents[2]
KINDS = ("rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384")
# Vitest makes keys of these sizes by WebCrypto (frontend/tests/keys/material.test.ts).
LONG_TO_MAKE = ("rsa-3072", "rsa-4096")
# One has the browser's own count: whether readers bear it does not depend on the kind of key.
AS_MANY_ITERATIONS = "p-256"
FEW = 2_000
# Printable ASCII with what shells, Java and OpenSSL could trip over.
PASSWORD = "kR8 \"w'pq$2-X\\n5z%"
NAME = "Élan du service"
CHALLENGE = b"a challenge"


class Node:
    """One process of our own code under Node."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def ask(self, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        found: list[dict[str, Any]] = json.loads(self._process.stdout.readline())
        return found


@dataclass(frozen=True)
class Archive:
    """A file, what it must hold, and the proof that was signed on the way."""

    path: Path
    chain: tuple[bytes, ...]
    spki: bytes
    proof: bytes


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """Bundled as for the browser, run by Node."""
    script = tmp_path_factory.mktemp("node") / "archives.mjs"
    bundle = [
        str(ROOT / "frontend" / "node_modules" / ".bin" / "esbuild"),
        str(ROOT / "tests" / "kit" / "archives.mjs"),
        "--bundle",
        "--platform=node",
        "--format=esm",
        "--log-level=error",
        f"--outfile={script}",
    ]
    environment = os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"}
    subprocess.run(bundle, env=environment, check=True)
    with subprocess.Popen(
        ["node", script],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Node(process)


@pytest.fixture(scope="module")
def archives(node: Node, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Archive]:
    """One of every kind: the key and its request made there, the certificate here."""
    folder, made = tmp_path_factory.mktemp("archives"), hierarchy()
    wanted = {"do": "generate", "password": PASSWORD, "name": NAME}
    born = node.ask([wanted | cost_of(kind) | key_of(kind) for kind in KINDS])
    chains = [issued(made, one["request"].encode()) for one in born]
    joined = node.ask(
        [
            {
                "do": "archive",
                **cost_of(kind),
                "certificates": [base64.b64encode(der).decode() for der in chain],
                "challenge": base64.b64encode(CHALLENGE).decode(),
            }
            for kind, chain in zip(KINDS, chains, strict=True)
        ]
    )
    found = {}
    for kind, chain, one in zip(KINDS, chains, joined, strict=True):
        path = folder / f"{kind}.p12"
        path.write_bytes(base64.b64decode(one["archive"]))
        proof = base64.b64decode(one["proof"])
        found[kind] = Archive(path, chain, certificate.spki_der(chain[0]), proof)
    return found


def cost_of(kind: str) -> dict[str, Any]:
    """A kind, and how many iterations protect it."""
    return {"kind": kind} if kind == AS_MANY_ITERATIONS else {"kind": kind, "iterations": FEW}


def key_of(kind: str) -> dict[str, Any]:
    """The key of a kind that takes long to make, one of this run's; else nothing."""
    if kind not in LONG_TO_MAKE:
        return {}
    key, form = pki.kept_key(kind, kind), serialization.PrivateFormat.PKCS8
    pkcs8 = key.private_bytes(serialization.Encoding.DER, form, serialization.NoEncryption())
    halves = {"pkcs8": pkcs8, "spki": spki_of(key)}
    return {"key": {name: base64.b64encode(der).decode() for name, der in halves.items()}}


def issued(made: pki.Pki, request: bytes) -> tuple[bytes, ...]:
    """A certificate for a request, as the signer makes it, and its chain."""
    profile = profiles.profile("ORG/AUTH_CLI")
    csr = csr_policy.read(request)
    authority = made.authority(authorities.resolve(profile.authority))
    named = naming.named(pki.subject_for(profile))
    admitted = csr_policy.AdmittedCsr(csr, profile)
    planned = plan(
        profile, admitted, named.subject, (), authority.facts, pki.serial(), made.now, made.urls
    )
    return (certificate.sign(planned, authority.signing), *authority.chain)


def run(archive: Archive, password: str, command: str) -> "subprocess.CompletedProcess[str]":
    """A reader; FILE, PASS (also the variable P12_PASS), NAME and NONE stand for what they say."""
    given = {"FILE": str(archive.path), "PASS": password, "NAME": NAME, "NONE": ""}
    return subprocess.run(
        [given.get(part, part) for part in command.split()],
        env=os.environ | {"P12_PASS": password},
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )


def spki_of(key: Any) -> bytes:
    """DER of a private key's public half."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    found: bytes = key.public_key().public_bytes(serialization.Encoding.DER, form)
    return found


def by_python(archive: Archive, password: str) -> bytes | None:
    return opened(archive.path, password, archive.chain)


def opened(path: Path, password: str, chain: tuple[bytes, ...]) -> bytes | None:
    """The key's public half, once the certificates are those that were put in."""
    try:
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # NSS writes BER
            found = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode())
    except ValueError:
        return None
    key, own, others = found
    assert own is not None
    form = serialization.Encoding.DER
    assert {one.public_bytes(form) for one in (own, *others)} == set(chain)
    assert own.public_bytes(form) == chain[0]
    return spki_of(key)


def by_openssl(archive: Archive, password: str) -> bytes | None:
    done = run(archive, password, "openssl pkcs12 -in FILE -nodes -passin env:P12_PASS")
    if done.returncode != 0:
        return None
    assert done.stdout.count("BEGIN CERTIFICATE") == len(archive.chain)
    clear = done.stdout[done.stdout.index("-----BEGIN PRIVATE KEY-----") :]
    return spki_of(serialization.load_pem_private_key(clear.encode(), None))


def by_gnutls(archive: Archive, password: str) -> bytes | None:
    """Its certtool shows what the file holds, the key still under its password; then the key."""
    done = run(archive, password, "certtool --p12-info --inder --infile FILE --password PASS")
    if done.returncode != 0:
        return None
    label = "-----BEGIN ENCRYPTED PRIVATE KEY-----"
    kept = archive.path.with_suffix(".gnutls.pem")
    kept.write_text(done.stdout[done.stdout.index(label) :])
    shown = run(archive, password, f"certtool --pubkey-info --load-privkey {kept} --password PASS")
    public = shown.stdout[shown.stdout.index("-----BEGIN PUBLIC KEY-----") :]
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    key = serialization.load_pem_public_key(public.encode())
    return key.public_bytes(serialization.Encoding.DER, form)


def by_java(archive: Archive, password: str) -> bytes | None:
    """Its keytool copies every entry into a store of its own, which needs the key itself."""
    copy = archive.path.with_suffix(".java.p12")
    done = run(
        archive,
        password,
        "keytool -importkeystore -noprompt -srcstoretype PKCS12 -srckeystore FILE "
        f"-srcstorepass:env P12_PASS -deststoretype PKCS12 -destkeystore {copy} "
        "-deststorepass:env P12_PASS",
    )
    return opened(copy, password, archive.chain) if done.returncode == 0 else None


def by_nss(archive: Archive, password: str) -> bytes | None:
    """Into a database as Firefox and Thunderbird keep one, and out again."""
    folder, copy = archive.path.parent, archive.path.with_suffix(".nss.p12")
    base = f"sql:{tempfile.mkdtemp(dir=folder)}"
    run(archive, password, f"certutil -N -d {base} --empty-password")
    done = run(archive, password, f"pk12util -i FILE -d {base} -K NONE -W PASS")
    if done.returncode != 0:
        return None
    command = f"pk12util -o {copy} -n NAME -d {base} -K NONE -W PASS"
    assert run(archive, password, command).returncode == 0
    return opened(copy, password, archive.chain)


READERS: dict[str, Callable[[Archive, str], bytes | None]] = {
    "Python": by_python,
    "OpenSSL": by_openssl,
    "GnuTLS": by_gnutls,
    "Java": by_java,
    "NSS": by_nss,
}


@pytest.mark.parametrize("reader", READERS)
def test_read_by(archives: dict[str, Archive], reader: str) -> None:
    """Every kind, with the key of its certificate; by a wrong password nothing."""
    for kind in KINDS:
        archive = archives[kind]
        assert READERS[reader](archive, PASSWORD) == archive.spki, kind
    assert READERS[reader](archives["p-384"], PASSWORD[:-1]) is None


def test_its_proof_is_understood(archives: dict[str, Archive]) -> None:
    """What the browser signs is what we verify, for every kind, and no other message."""
    for archive in archives.values():
        assert possession.verifies(archive.spki, archive.proof, CHALLENGE)
        assert not possession.verifies(archive.spki, archive.proof, CHALLENGE + b".")


def test_made_for_its_own_certificate_by_its_own_password(
    node: Node, archives: dict[str, Archive]
) -> None:
    """REFUSED. A wrong password, and the certificate of another key."""
    ask = {"do": "archive", "kind": "p-256", "challenge": ""}
    certificates = {
        kind: [base64.b64encode(der).decode() for der in archives[kind].chain]
        for kind in ("p-256", "p-384")
    }
    wrong, other = node.ask(
        [
            ask | {"certificates": certificates["p-256"], "password": PASSWORD[:-1]},
            ask | {"certificates": certificates["p-384"]},
        ]
    )
    assert wrong == {"failure": "wrong-password"}
    assert "failure" in other


def test_converted_for_old_windows(archives: dict[str, Archive], tmp_path: Path) -> None:
    """By the commands of the page: 3DES and SHA-1, the same key."""
    archive = archives["rsa-2048"]
    (tmp_path / "cle.p12").write_bytes(archive.path.read_bytes())
    names = {"name": "cle", "archive": "cle.p12", "old": "cle-ancien-windows.p12"}
    for line in OLD_WINDOWS.format(**names).splitlines():
        typed = f"{PASSWORD}\n" * 3
        subprocess.run(
            [*line.split()],
            cwd=tmp_path,
            input=typed,
            start_new_session=True,
            text=True,
            capture_output=True,
            check=True,
        )
    converted = tmp_path / "cle-ancien-windows.p12"
    command = "openssl pkcs12 -info -legacy -noout -in FILE -passin env:P12_PASS"
    told = run(Archive(converted, (), b"", b""), PASSWORD, command)
    assert "pbeWithSHA1And3-KeyTripleDES-CBC" in told.stderr
    assert "MAC: sha1" in told.stderr
    assert opened(converted, PASSWORD, archive.chain) == archive.spki
