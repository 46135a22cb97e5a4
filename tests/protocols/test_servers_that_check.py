"""Web servers that ask who comes, and look whether the certificate is revoked.

nginx and Apache by live OCSP and by lists, HAProxy by lists; each also with a broken signature.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kit.liar import broken
from kit.stack import Stack, free_port
from protocols.evidence import ISSUER, ROOT, Evidence, pem_file
from protocols.products import Product
from protocols.programs import command, running

NGINX = """
server {{
  listen 127.0.0.1:{port} ssl;
  ssl_certificate {tls}/server.pem; ssl_certificate_key {tls}/server.key;
  ssl_verify_client on; ssl_verify_depth 3; ssl_client_certificate {trust};
  {check}
  error_page 495 = @refused;
  location / {{ return 200 "welcome"; }}
  location @refused {{ return 403 "$ssl_client_verify"; }}
}}
"""
APACHE = """
Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
  ProxyPass "/" "{service}/healthz"
  SSLEngine on
  SSLCertificateFile {tls}/server.pem
  SSLCertificateKeyFile {tls}/server.key
  SSLVerifyClient require
  SSLVerifyDepth 3
  SSLCACertificateFile {trust}
  {check}
</VirtualHost>
"""
HAPROXY = """
frontend {name}
    bind 127.0.0.1:{port} ssl crt {folder}/server.pem ca-file {trust} verify required {check}
    http-request return status 200
"""
SERVERS = {"nginx": NGINX, "apache": APACHE, "haproxy": HAPROXY}
CHECKS = {
    ("nginx", "lists"): "ssl_crl {lists};",
    ("nginx", "broken lists"): "ssl_crl {broken_lists};",
    ("nginx", "answers"): "ssl_ocsp on;",
    ("nginx", "broken answers"): "ssl_ocsp on; ssl_ocsp_responder {liar}/ocsp;",
    ("apache", "lists"): "SSLCARevocationCheck chain\n  SSLCARevocationFile {lists}",
    ("apache", "broken lists"): "SSLCARevocationCheck chain\n  SSLCARevocationFile {broken_lists}",
    ("apache", "answers"): "SSLOCSPEnable on",
    ("apache", "broken answers"): "SSLOCSPEnable on\n  SSLOCSPOverrideResponder on\n"
    "  SSLOCSPDefaultResponder {liar}/ocsp",
    ("haproxy", "lists"): "crl-file {lists}",
    ("haproxy", "broken lists"): "crl-file {broken_lists}",
}
BROKEN_REFUSED_BY = {
    ("nginx", "lists"): "CRL signature failure",
    ("nginx", "answers"): "certificate status request failed",
    ("apache", "lists"): "alert decrypt error",  # OpenSSL's alert for a broken signature of a list
    ("apache", "answers"): "alert handshake failure",
    ("haproxy", "lists"): "alert decrypt error",
}
"""How each says, to a good certificate, that it believes no broken signature."""
WELCOME = " 200"


@dataclass(frozen=True)
class Servers:
    """Their ports, by server and means."""

    ports: dict[tuple[str, str], int]
    stack: Stack

    def visit(self, tool: str, means: str, product: Product) -> str:
        """What curl says of a visit with this product's certificate: status, body, refusal."""
        done = subprocess.run(
            ["curl", "-sS", "--cacert", self.stack.root, "-w", " %{http_code}", "--cert",
             product.certificate, "--key", product.key,
             f"https://localhost:{self.ports[tool, means]}/"],
            capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def servers(stack: Stack, evidence: Evidence, liar: str) -> Iterator[Servers]:
    """The three, each with every means that it knows."""
    folder, tls = evidence.folder, stack.state / "tls"
    (folder / "server.pem").write_bytes(
        (tls / "server.pem").read_bytes() + (tls / "server.key").read_bytes()
    )
    lists = [evidence.crl(f"{code}.crl") for code in (ISSUER, ROOT)]
    values = {
        "lists": pem_file(folder / "lists.pem", lists),
        "broken_lists": pem_file(folder / "broken-lists.pem", map(broken, lists)),
        "liar": liar,
        "service": stack.pki_url,
        "folder": folder,
        "tls": tls,
        "trust": folder / "trust.pem",
    }
    values["trust"].write_bytes(evidence.issuer.read_bytes() + evidence.root.read_bytes())
    ports = {key: free_port() for key in CHECKS}
    commands = {}
    for tool, frame in SERVERS.items():
        body, own = "", [key for key in CHECKS if key[0] == tool]
        for key in own:
            check = CHECKS[key].format(**values)
            name = key[1].replace(" ", "-")
            body += frame.format(**values, port=ports[key], check=check, name=name)
        commands[tool] = (command(tool, folder, body, free_port()), ports[own[-1]])
    with running(commands, folder):
        yield Servers(ports, stack)


@pytest.mark.parametrize(("tool", "means"), BROKEN_REFUSED_BY)
def test_who_may_come_in(servers: Servers, evidence: Evidence, tool: str, means: str) -> None:
    """ACCEPTED good, REFUSED revoked; a list alone knows nothing of who was never issued."""
    assert servers.visit(tool, means, evidence.good).endswith(WELCOME)
    assert "certificate revoked" in servers.visit(tool, means, evidence.revoked)
    unknown = servers.visit(tool, means, evidence.unknown)
    assert unknown.endswith(WELCOME) is (means == "lists")
    assert "certificate revoked" not in unknown
    refused = servers.visit(tool, f"broken {means}", evidence.good)
    assert BROKEN_REFUSED_BY[tool, means] in refused
