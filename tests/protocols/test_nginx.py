"""Behind Debian's nginx: its headers are believed on the Unix socket, a client's never."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pytest

from kit.stack import Stack, free_port

TEMPLATE = Path(__file__).resolve().parents[2] / "deploy" / "nginx" / "guichet.conf"
MAIN = """
daemon off; pid $folder/nginx.pid; error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
  uwsgi_temp_path $folder; scgi_temp_path $folder;
  include $folder/guichet.conf;
}
"""


@pytest.fixture
def behind_nginx(stack: Stack, tmp_path: Path) -> Iterator[str]:
    """The card listener on a Unix socket, nginx before it; yields nginx's address."""
    port = free_port()
    site = TEMPLATE.read_text()
    values = {"CARD_PORT": str(port), "SOCKETS": str(tmp_path), "TLS": str(stack.state / "tls")}
    for name, value in values.items():
        site = site.replace("${" + name + "}", value)
    (tmp_path / "guichet.conf").write_text(site)
    main = Template(MAIN).substitute(folder=tmp_path)
    (tmp_path / "nginx.conf").write_text(
        ("user root;\n" if Path.home() == Path("/root") else "") + main
    )
    guichet = Path(sys.executable).parent / "guichet"
    environment = stack.env | {"GUICHET_UNIX_SOCKETS": str(tmp_path), "GUICHET_DEMO": "1"}
    listener = subprocess.Popen([guichet, "serve", "card"], env=environment)
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", tmp_path / "nginx.conf", "-e", "stderr"])
    try:
        deadline = time.monotonic() + 20
        while not (tmp_path / "card.sock").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        yield f"https://localhost:{port}/api/v1/structures"
    finally:
        for process in (nginx, listener):
            process.terminate()
            process.wait(15)


def ask(stack: Stack, address: str, *arguments: str | Path) -> tuple[int, object]:
    run = subprocess.run(
        ["curl", "-s", "--cacert", stack.root, "-w", "\n%{http_code}", *arguments, address],
        capture_output=True,
        text=True,
        check=False,
    )
    body, _, status = run.stdout.rpartition("\n")
    return int(status), json.loads(body)


def test_certificate_comes_through_and_forgery_does_not(stack: Stack, behind_nginx: str) -> None:
    """ACCEPTED with the card; REFUSED with its certificate in a header alone."""
    card = stack.state / "demo" / "cards" / "sophie"
    crt, key = card.with_suffix(".crt"), card.with_suffix(".key")
    status, told = ask(stack, behind_nginx, "--cert", crt, "--key", key)
    assert status == 200, told
    assert "10B0135356" in json.dumps(told)
    escaped = crt.read_text().replace("\n", "%0A").replace("+", "%2B").replace(" ", "%20")
    for header in ("X-Client-Cert", "x_client_cert", "Client-Cert"):
        status, told = ask(stack, behind_nginx, "-H", f"{header}: {escaped}")
        assert (status, told["code"]) == (401, "card-absent"), header  # type: ignore[index]
