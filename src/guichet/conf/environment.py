"""The environment of a process (variables.py), read once into a frozen value."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

from guichet.conf.dressing import Dressing, dressing
from guichet.conf.readers import (
    ConfigurationError,
    choice,
    cores,
    count,
    http_url,
    optional_http_url,
    port,
    socket_address,
)
from guichet.conf.transparency import time_stamping, witnesses
from guichet.conf.variables import VARIABLES
from guichet.domain.targets import THIS_MACHINE, Target
from guichet.journal.endorsing import Known
from guichet.journal.timestamps import Authority

LOOPBACK: Final = "127.0.0.0/8 ::1/128"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Every setting of a process, checked."""

    state: Path
    environment: str
    twin_url: str
    database_url: str
    host: str
    listen: str
    port: int
    card_port: int
    pki_port: int
    front_workers: int
    pki_workers: int
    publication: str
    publication_key: str
    journal_witnesses: tuple[Known, ...]
    journal_tsa: Authority
    backup_recipients: tuple[str, ...]
    bench_port: int
    oidc_port: int
    pki_url: str
    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_certificate: Path | None
    oidc_roots: Path | None
    franceconnect_port: int
    franceconnect_issuer: str
    franceconnect_client_id: str
    franceconnect_client_secret: str
    proconnect_port: int
    proconnect_issuer: str
    proconnect_client_id: str
    proconnect_client_secret: str
    keystore: str
    signer_threads: int
    keystore_passphrase_file: Path | None
    staff_idle_minutes: int
    staff_session_hours: int
    email_url: str
    email_from: str
    operator_emails: tuple[str, ...]
    company_api_url: str
    documentation_url: str
    clamd: str
    dns_resolver: str
    acme_http_port: int
    acme_tls_port: int
    acme_networks: tuple[IPv4Network | IPv6Network, ...]
    acme_caa: frozenset[str]
    webhook_networks: tuple[IPv4Network | IPv6Network, ...]
    bench_targets: tuple[Target, ...]
    registers_file: Path | None
    secret_file: Path
    log_format: str
    log_level: str
    otel_endpoint: str
    unix_sockets: Path | None
    dressing: Dressing
    demo: bool

    @classmethod
    def read(cls, values: Mapping[str, str]) -> Self:
        """Read from os.environ or a like mapping, and from the files that it names.

        GUICHET_X_FILE names a file that holds the value of GUICHET_X, but for GUICHET_ENVIRONMENT:
        a credential of systemd, a secret of a container. Raises ConfigurationError.
        """
        values = dict(values) | dict(_held(values))
        state = Path(values.get("GUICHET_STATE") or "var").resolve()
        pki_port = port(values, "GUICHET_PKI_PORT", 8080)
        oidc_port = port(values, "GUICHET_OIDC_PORT", 8446)
        return cls(
            state=state,
            environment=choice(values, "GUICHET_ENVIRONMENT", ("test", "production")),
            database_url=values.get("GUICHET_DATABASE_URL") or f"sqlite:///{state / 'guichet.db'}",
            host=values.get("GUICHET_HOST") or "localhost",
            listen=values.get("GUICHET_LISTEN") or "127.0.0.1",
            port=port(values, "GUICHET_PORT", 8443),
            card_port=port(values, "GUICHET_CARD_PORT", 8445),
            pki_port=pki_port,
            bench_port=port(values, "GUICHET_BENCH_PORT", 8444),
            oidc_port=oidc_port,
            pki_url=http_url(values, "GUICHET_PKI_URL", f"http://127.0.0.1:{pki_port}"),
            oidc_issuer=http_url(values, "GUICHET_OIDC_ISSUER", f"http://localhost:{oidc_port}"),
            oidc_client_id=values.get("GUICHET_OIDC_CLIENT_ID") or "guichet",
            oidc_client_secret=values.get("GUICHET_OIDC_CLIENT_SECRET") or "guichet-demo",
            **_provider(values, "franceconnect", 8447),
            **_provider(values, "proconnect", 8448),
            **_elsewhere(values),
            **_acme(values),
            **_places(values, state),
            **_counts(values),
            email_url=values.get("GUICHET_EMAIL_URL") or f"mailbox:{state / 'mailbox'}",
            email_from=values.get("GUICHET_EMAIL_FROM") or "nepasrepondre@guichet.test",
            operator_emails=_operators(values),
            company_api_url=optional_http_url(values, "GUICHET_COMPANY_API_URL"),
            dns_resolver=socket_address(values, "GUICHET_DNS_RESOLVER"),
            clamd=_clamd(values.get("GUICHET_CLAMD") or ""),
            dressing=dressing(values),
            demo=_is_demo(values),
        )

    @property
    def portal_url(self) -> str:
        """Public base address of the portal, without a final slash."""
        return _https(self.host, self.port)

    @property
    def card_url(self) -> str:
        """Public base address of the port that asks for a client certificate."""
        return _https(self.host, self.card_port)

    @property
    def bench_url(self) -> str:
        """Public base address of the mutual-TLS bench."""
        return _https(self.host, self.bench_port)

    @property
    def published(self) -> Path:
        """Folder of published artefacts: crl/, ac/, validation.lmdb."""
        return self.state / "published"

    @property
    def registers(self) -> Path:
        """The copy of the public registers: companies, health sites, cards."""
        return self.registers_file or self.state / "registers.sqlite"

    @property
    def publication_keys(self) -> Path:
        """Folder of the key that seals what is shipped to copies."""
        return self.state / "publication"


def _is_demo(values: Mapping[str, str]) -> bool:
    return values.get("GUICHET_DEMO") == "1"


def _held(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What files hold, blanks around it left out."""
    declared = {variable.name for variable in VARIABLES}
    for name in sorted(declared):
        file = f"{name}_FILE"
        path = values.get(file)
        if not path or file in declared:
            continue
        if name == "GUICHET_ENVIRONMENT":  # read by domain.catalogue too, which opens no file
            raise ConfigurationError(f"{file}: give {name} itself")
        if values.get(name):
            raise ConfigurationError(f"{name} and {file}: give one of them")
        try:
            yield name, Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{file}: {path} cannot be read ({error})") from error


def _counts(values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "front_workers": count(values, "GUICHET_FRONT_WORKERS", cores()),
        "pki_workers": count(values, "GUICHET_PKI_WORKERS", 1),
        "signer_threads": count(values, "GUICHET_SIGNER_THREADS", 2),
        "staff_idle_minutes": count(values, "GUICHET_STAFF_IDLE_MINUTES", 15),
        "staff_session_hours": count(values, "GUICHET_STAFF_SESSION_HOURS", 8),
    }


def _places(values: Mapping[str, str], state: Path) -> dict[str, Any]:
    """Files, folders and the keystore: in the state folder, unless they are named."""
    sockets = values.get("GUICHET_UNIX_SOCKETS")
    passphrase = values.get("GUICHET_KEYSTORE_PASSPHRASE_FILE")
    registers = values.get("GUICHET_REGISTERS")
    usual = state / "demo" if _is_demo(values) else None
    certificate = values.get("GUICHET_OIDC_CERTIFICATE") or (usual and usual / "psc/guichet.pem")
    roots = values.get("GUICHET_OIDC_ROOTS") or (usual and usual / "trust/racine.pem")
    return {
        "oidc_certificate": Path(certificate).resolve() if certificate else None,
        "oidc_roots": Path(roots).resolve() if roots else None,
        "keystore": values.get("GUICHET_KEYSTORE") or f"file:{state / 'keystore'}",
        "keystore_passphrase_file": Path(passphrase).resolve() if passphrase else None,
        "registers_file": Path(registers).resolve() if registers else None,
        "secret_file": Path(values.get("GUICHET_SECRET_FILE") or state / "secrets" / "django"),
        "unix_sockets": Path(sockets).resolve() if sockets else None,
    }


def _elsewhere(values: Mapping[str, str]) -> dict[str, Any]:
    """What is elsewhere: traces, the other counter, copies, backups and their readers, webhooks."""
    recipients = (values.get("GUICHET_BACKUP_RECIPIENT") or "").replace(",", " ").split()
    return {
        "log_format": choice(values, "GUICHET_LOG_FORMAT", ("auto", "json", "console")),
        "log_level": choice(values, "GUICHET_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
        "otel_endpoint": optional_http_url(values, "GUICHET_OTEL_ENDPOINT"),
        "twin_url": optional_http_url(values, "GUICHET_TWIN_URL"),
        "documentation_url": optional_http_url(values, "GUICHET_DOCUMENTATION_URL"),
        "publication": _publication(values.get("GUICHET_PUBLICATION") or ""),
        "publication_key": values.get("GUICHET_PUBLICATION_KEY") or "",
        "journal_witnesses": witnesses(values),
        "journal_tsa": time_stamping(values),
        "backup_recipients": tuple(recipients),
        "webhook_networks": _listed(values, "GUICHET_WEBHOOK_NETWORKS", LOOPBACK, ip_network),
        "bench_targets": _listed(values, "GUICHET_BENCH_TARGETS", THIS_MACHINE, Target.parse),
    }


def _acme(values: Mapping[str, str]) -> dict[str, Any]:
    """Where names are validated, and by which names CAA records call this counter."""
    identities = values.get("GUICHET_ACME_CAA") or values.get("GUICHET_HOST") or "localhost"
    return {
        "acme_http_port": port(values, "GUICHET_ACME_HTTP_PORT", 80),
        "acme_tls_port": port(values, "GUICHET_ACME_TLS_PORT", 443),
        "acme_networks": _listed(values, "GUICHET_ACME_NETWORKS", LOOPBACK, ip_network),
        "acme_caa": frozenset(identities.lower().replace(",", " ").split()),
    }


def _listed(
    values: Mapping[str, str], name: str, usual: str, read: Callable[[str], T]
) -> tuple[T, ...]:
    """What is private and may be connected to; in the demo `usual`, which is this machine."""
    text = values.get(name) or (usual if _is_demo(values) else "")
    try:
        return tuple(map(read, text.replace(",", " ").split()))
    except ValueError as error:
        raise ConfigurationError(f"{name}: 10.0.0.0/8…, host:port…, not {error}") from error


def _provider(values: Mapping[str, str], name: str, default_port: int) -> dict[str, Any]:
    """A provider of identities is offered where its issuer is named, and in the demo."""
    prefix = f"GUICHET_{name.upper()}"
    own_port = port(values, f"{prefix}_PORT", default_port)
    is_offered = bool(values.get(f"{prefix}_ISSUER")) or _is_demo(values)
    issuer = http_url(values, f"{prefix}_ISSUER", f"http://localhost:{own_port}")
    return {
        f"{name}_port": own_port,
        f"{name}_issuer": issuer if is_offered else "",
        f"{name}_client_id": values.get(f"{prefix}_CLIENT_ID") or "guichet",
        f"{name}_client_secret": values.get(f"{prefix}_CLIENT_SECRET") or "guichet-demo",
    }


def _publication(text: str) -> str:
    if text and not urlsplit(text).scheme:
        raise ConfigurationError(f"GUICHET_PUBLICATION: file:///folder or s3://…, not {text!r}")
    return text


def _clamd(text: str) -> str:
    parts = urlsplit(text)
    if text and not (parts.scheme == "tcp" and parts.hostname) and not text.startswith("unix:/"):
        raise ConfigurationError(f"GUICHET_CLAMD: tcp://host:port or unix:/path, not {text!r}")
    return text


def _operators(values: Mapping[str, str]) -> tuple[str, ...]:
    default = "operateur@guichet.test" if _is_demo(values) else ""
    text = values.get("GUICHET_OPERATOR_EMAIL") or default
    found = tuple(filter(None, (part.strip() for part in text.split(","))))
    for address in found:
        name, _, domain = address.rpartition("@")
        if not name or not domain or any(map(str.isspace, address)):
            raise ConfigurationError(f"GUICHET_OPERATOR_EMAIL: e-mail addresses, not {address!r}")
    return found


def _https(host: str, port: int) -> str:
    return f"https://{host}" if port == 443 else f"https://{host}:{port}"
