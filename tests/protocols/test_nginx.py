"""Behind Debian's nginx: its headers are believed on the Unix socket, a client's never."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest

from kit.stack import Stack, free_port

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "nginx"
MAIN = """
daemon off; pid $folder/nginx.pid; error_log stderr crit;
worker_processes 1;
events {}
http {
  access_log off;
  client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
  uwsgi_temp_path $folder; scgi_temp_path $folder;
  include $folder/sites/*.conf;
}
"""
WITHIN_S = 60


@dataclass
class Behind:
    """Listeners on Unix sockets, and nginx before them."""

    stack: Stack
    folder: Path
    ports: dict[str, int]
    listeners: dict[str, "subprocess.Popen[bytes]"]

    def start(self, listener: str) -> None:
        """As `guichet serve` does behind nginx; a socket of one that was killed may be left."""
        guichet = Path(sys.executable).parent / "guichet"
        told = {"GUICHET_UNIX_SOCKETS": str(self.folder), "GUICHET_DEMO": "1"}
        command = [guichet, "serve", listener]
        self.listeners[listener] = subprocess.Popen(
            command, env=self.stack.env | told, start_new_session=True
        )

    def kill(self, listener: str) -> None:
        """With whatever works for it, as systemd would."""
        os.killpg(self.listeners[listener].pid, signal.SIGKILL)
        self.listeners[listener].wait()

    def url(self, name: str, path: str = "/") -> str:
        return f"https://localhost:{self.ports[name]}{path}"

    def fill(self, name: str, more: Mapping[str, str] = {}) -> None:
        """The shipped file, as envsubst fills it."""
        values = {
            "CARD_PORT": str(self.ports["card"]),
            "HOST": "localhost",
            "PORT": str(self.ports["portal"]),
            "HTTP_PORT": str(self.ports["http"]),
            "SOCKETS": str(self.folder),
            "STATIC": str(self.stack.state / "static"),
            "PAGES": str(DEPLOY / "pages"),
            "TLS": str(self.stack.state / "tls"),
            **more,
        }
        site = (DEPLOY / name).read_text()
        for key, value in values.items():
            site = site.replace("${" + key + "}", value)
        (self.folder / "sites").mkdir(exist_ok=True)
        (self.folder / "sites" / name).write_text(site)


@pytest.fixture(scope="module")
def behind(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """The portal and the card listener, and one nginx before both."""
    folder = tmp_path_factory.mktemp("nginx")
    ports = {name: free_port() for name in ("card", "portal", "http")}
    made = Behind(stack, folder, ports, {})
    for name in ("guichet.conf", "guichet-portal.conf"):
        made.fill(name)
    user = "user root;\n" if Path.home() == Path("/root") else ""
    (folder / "nginx.conf").write_text(user + Template(MAIN).substitute(folder=folder))
    for listener in ("card", "portal"):
        made.start(listener)
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", folder / "nginx.conf", "-e", "stderr"])
    try:
        for listener in ("card", "portal"):
            within(lambda name=listener: status_of(made, name) == 200)
        yield made
    finally:
        for process in (nginx, *made.listeners.values()):
            process.terminate()
            process.wait(15)


def within(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def fetched(behind: Behind, url: str, *arguments: str) -> tuple[str, str]:
    """Heads (with HTTP's version and status) and body, by curl."""
    command = ["curl", "-s", "-i", "--cacert", behind.stack.root, *arguments, url]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    heads, _, body = run.stdout.replace("\r", "").partition("\n\n")
    return heads, body


def status_of(behind: Behind, listener: str) -> int:
    heads = fetched(behind, behind.url(listener, "/healthz"))[0]
    return int(heads.split()[1]) if heads else 0


@pytest.fixture
def behind_nginx(behind: Behind) -> str:
    """Nginx's address of an API that asks for a card."""
    return behind.url("card", "/api/v1/structures")


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


def test_the_portal(behind: Behind) -> None:
    """HTTP/2, one HSTS, static files for ever and compressed, plain HTTP sent on; no card by it."""
    heads, page = fetched(behind, behind.url("portal"), "-H", "X-Client-Cert: forged")
    assert heads.startswith("HTTP/2 200")
    assert heads.lower().count("strict-transport-security: max-age=31536000") == 1
    assert "content-security-policy: " in heads.lower()
    (style,) = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    heads, _ = fetched(behind, behind.url("portal", style), "-I", "--compressed")
    for told in ("content-encoding: gzip", "max-age=31536000, immutable", "nosniff", "text/css"):
        assert told in heads.lower()
    sent_on = fetched(behind, f"http://localhost:{behind.ports['http']}/produits/?page=2")[0]
    assert "308" in sent_on.splitlines()[0]
    assert "Location: https://localhost/produits/?page=2" in sent_on
    assert (
        "HTTP/2 413"
        in fetched(behind, behind.url("portal"), "-d", "x" * 100, "-H", "Content-Length: 70000000")[
            0
        ]
    )


def test_every_file_together(behind: Behind, tmp_path: Path) -> None:
    """As a machine that does everything has them: nginx has nothing to say."""
    more = {
        "PKI_PORT": str(free_port()),
        "PUBLISHED": str(behind.stack.state / "published"),
        "CACHE": str(tmp_path / "cache"),
        "RESPONDERS": "server 127.0.0.1:8080 fail_timeout=1s;",
    }
    together = Behind(behind.stack, tmp_path, behind.ports, {})
    for path in DEPLOY.glob("*.conf"):
        together.fill(path.name, more)
    main = Template(MAIN).substitute(folder=tmp_path)
    (tmp_path / "nginx.conf").write_text(main)
    command = ["/usr/sbin/nginx", "-t", "-q", "-c", tmp_path / "nginx.conf", "-e", "stderr"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_portal_that_is_killed(behind: Behind) -> None:
    """A page says so, programs are told in their form; it comes back on the same socket."""
    behind.kill("portal")
    heads, page = fetched(behind, behind.url("portal", "/produits/"))
    assert heads.startswith("HTTP/2 503")
    assert "retry-after: 30" in heads.lower()
    assert "Le guichet revient dans un instant" in page
    heads, problem = fetched(behind, behind.url("portal", "/api/v1/orders"), "-d", "{}")
    assert heads.startswith("HTTP/2 503")
    assert "application/problem+json" in heads
    assert json.loads(problem)["code"] == "away"
    assert fetched(behind, behind.url("portal", "/static/build/guichet.css"))[0].split()[1] == "200"
    behind.start("portal")
    within(lambda: status_of(behind, "portal") == 200)


def test_a_worker_of_nginx_is_killed(behind: Behind) -> None:
    """Its master makes another one; systemd restarts the master (nginx.service.d)."""
    master = int((behind.folder / "nginx.pid").read_text())
    children = Path(f"/proc/{master}/task/{master}/children")
    (worker,) = children.read_text().split()
    os.kill(int(worker), signal.SIGKILL)
    within(lambda: children.read_text().split() not in ([], [worker]))
    assert status_of(behind, "portal") == 200


@pytest.mark.parametrize("listener", ["portal", "card"])
def test_figures_are_told_to_this_machine_whatever_it_claims(behind: Behind, listener: str) -> None:
    """Prometheus beside nginx reads them; the application refuses whoever nginx names."""
    forged = ("-H", "X-Forwarded-For: 192.0.2.1")
    heads, body = fetched(behind, behind.url(listener, "/metrics"), *forged)
    assert heads.split()[1] == "200"
    assert "guichet_requests_total" in body


def test_a_request_keeps_the_number_that_nginx_gave_it(behind: Behind) -> None:
    """32 digits, where the application makes 16: a header that is sent twice is not believed."""
    heads, _ = fetched(behind, behind.url("card", "/healthz"))
    assert re.search(r"^x-request-id: [0-9a-f]{32}$", heads, re.M | re.I)
