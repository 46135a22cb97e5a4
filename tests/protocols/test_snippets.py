"""The configuration that pages give to copy works as it stands: real programs, real handshakes.

Only ports and what the machine trusts are put in place of what the snippets say.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kit import pki
from kit.stack import free_port
from protocols.programs import command, running
from protocols.workshop import (
    PASSWORD,
    ROOT,
    Workshop,
    counter,
    furnish,
    hierarchy,
)

pytestmark = pytest.mark.xdist_group("snippets")
SYSTEM_TRUST = "/etc/ssl/certs/ca-certificates.crt"
SERVERS = ("nginx", "apache", "haproxy", "python", "openssl")
RELAYS = ("nginx", "apache", "haproxy")


@dataclass(frozen=True)
class Programs:
    """What runs: ports by name, the product they use, and the port of the service they call."""

    ports: dict[str, int]
    workshop: Workshop
    service: int = 0


@pytest.fixture(scope="module")
def made() -> pki.Pki:
    return hierarchy()


def furnished(
    factory: pytest.TempPathFactory, made: pki.Pki, profile: str, kind: str, fqdn: str = ""
) -> Workshop:
    folder = factory.mktemp(profile.replace("/", "-"))
    folder.chmod(0o755)
    found = furnish(folder, made, profile, kind, fqdn)
    found.prepare()
    return found


@pytest.fixture(scope="module")
def server(made: pki.Pki, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return furnished(tmp_path_factory, made, "SERV/SSL_SERV", "rsa-2048", "localhost")


@pytest.fixture(scope="module")
def client(made: pki.Pki, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return furnished(tmp_path_factory, made, "ORG/AUTH_CLI", "p-256")


@pytest.fixture(scope="module")
def servers(server: Workshop) -> Iterator[Programs]:
    """Every server at once, each with its snippet."""
    ports = {tool: free_port() for tool in SERVERS}
    commands = {}
    for tool, port in ports.items():
        text = server.text(f"server/{tool}")
        for standing in ("*:443", ":443", "443 ssl", "8443"):
            text = text.replace(standing, standing.replace("8443", "443").replace("443", str(port)))
        if tool == "python":
            commands[tool] = ([sys.executable, "-c", text], port)
        elif tool == "openssl":
            commands[tool] = (["bash", "-c", f"exec {text}"], port)
        else:
            commands[tool] = (command(tool, server.folder, text, port), port)
    with running(commands, server.folder, server.environment):
        yield Programs(ports, server)


@pytest.mark.parametrize("tool", SERVERS)
def test_server(servers: Programs, tool: str) -> None:
    """Its certificate is accepted by who trusts the root alone, for the host's name."""
    address = f"https://localhost:{servers.ports[tool]}/"
    done = servers.workshop.run(f"curl -sS -o /dev/null -w '%{{http_code}}' {address}")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 200
    stranger = servers.workshop.run(f"CURL_CA_BUNDLE={SYSTEM_TRUST} curl -sS {address}")
    assert stranger.returncode == 60, stranger.stderr


@pytest.fixture(scope="module")
def relays(server: Workshop, client: Workshop) -> Iterator[Programs]:
    """A service that wants certificates, and relays that present the product's."""
    ports = {tool: free_port() for tool in RELAYS}
    with counter(server, client.folder / ROOT) as service:
        commands = {}
        for tool, port in ports.items():
            body = calling(client, tool, service)
            frame = {
                "nginx": f"server {{ listen 127.0.0.1:{port};\n{body}\n}}",
                "apache": body,
                "haproxy": f"frontend f\n    bind 127.0.0.1:{port}\n"
                f"    default_backend {client.names.base}\n{body}",
            }
            commands[tool] = (command(tool, client.folder, frame[tool], port), port)
        with running(commands, client.folder, client.environment):
            yield Programs(ports, client, service)


def calling(client: Workshop, tool: str, service: int) -> str:
    """A client's snippet, towards the service of the test."""
    root = str(client.folder / ROOT)
    text = client.text(f"client/{tool}").replace(SYSTEM_TRUST, root).replace("@system-ca", root)
    for standing in ("https://localhost", "localhost:443"):
        bare = standing.removesuffix(":443")
        text = text.replace(standing, f"{bare}:{service}")
    return text


@pytest.mark.parametrize("tool", [*RELAYS, "curl", "openssl", "python"])
def test_client(relays: Programs, tool: str) -> None:
    """The service reads the product's name in the certificate that it asked for."""
    workshop = relays.workshop
    if tool in relays.ports:
        done = workshop.run(f"curl -sS http://localhost:{relays.ports[tool]}/")
    else:
        text = calling(workshop, tool, relays.service)
        if tool == "python":
            text = text.replace("answer.status", "answer.read().decode()")
            (workshop.folder / "client.py").write_text(text)
            text = f"{sys.executable} client.py"
        elif tool == "openssl":
            text += " -ign_eof"  # what is typed ends before the answer comes
        done = workshop.run(text, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert done.returncode == 0, done.stderr
    assert "CN=Monserviceclient" in done.stdout, done.stdout + done.stderr


def test_java_reads_the_archive_and_makes_a_keystore(client: Workshop) -> None:
    """The entry has its key, and its chain up to the root."""
    done = client.run(client.text("files/keystore"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PrivateKeyEntry" in done.stdout
    listed = "keytool -list -v -keystore monservice.jks -storepass:env KEYSTORE_PASSWORD"
    assert "Certificate chain length: 3" in client.run(listed).stdout


def test_an_archive_of_one_s_own_key(client: Workshop, tmp_path: Path) -> None:
    """Key and chain in one PKCS#12, as after a CSR that was brought."""
    for name in (client.names.chain, "monservice.key"):
        (tmp_path / name).write_bytes((client.folder / name).read_bytes())
    own = Workshop(tmp_path, client.names)
    done = own.run(own.text("files/archive"), f"{PASSWORD}\n{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / client.names.archive).stat().st_mode & 0o077 == 0
    listed = own.run(
        f"openssl pkcs12 -in {own.names.archive} -nokeys -passin env:KEYSTORE_PASSWORD"
    )
    assert listed.stdout.count("BEGIN CERTIFICATE") == 2


@pytest.mark.parametrize(
    ("profile", "kind"),
    [("ORG/SIGN", "rsa-2048"), ("ORG/CONF", "p-256"), ("SERV/SMIME", "rsa-2048")],
)
def test_messages(
    made: pki.Pki, tmp_path_factory: pytest.TempPathFactory, profile: str, kind: str
) -> None:
    """What the usage lets one do with a message, there and back."""
    workshop = furnished(tmp_path_factory, made, profile, kind)
    message = workshop.folder / "message.txt"
    message.write_text("Bonjour\n")
    done = workshop.run(workshop.text("message/openssl"))
    assert done.returncode == 0, done.stderr
    made_of = {path.name for path in workshop.folder.glob("message.*")}
    assert ("message.verifie" in made_of) is workshop.names.may_sign
    assert ("message.dechiffre" in made_of) is workshop.names.may_encrypt
    for name in made_of & {"message.verifie", "message.dechiffre"}:
        assert (workshop.folder / name).read_text().splitlines() == ["Bonjour"]
    if workshop.names.may_sign:
        (workshop.folder / "sign.py").write_text(workshop.text("message/python"))
        verify = f"{sys.executable} sign.py\nopenssl cms -verify -in message.signe -CAfile {ROOT}"
        assert "Bonjour" in workshop.run(verify).stdout
