"""One certificate's file of settings, TOML, read into frozen values."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from guichet_client.errors import ClientError, Exit
from guichet_client.tables import Table
from guichet_client.wording import Say

PROTOCOLS: Final = ("acme", "est", "rest")
KEY_TYPES: Final = ("rsa-2048", "rsa-3072", "p-256")
CHALLENGES: Final = ("http-01", "dns-01")
FORMATS: Final = ("pkcs12", "pem", "jks")
RELOADS: Final = ("nginx", "apache", "haproxy", "keycloak")
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The certificate: "OFFER/USAGE", the server's or service's name; who, for REST."""

    profile: str
    name: str
    structure: str
    contact: str

    @property
    def is_server(self) -> bool:
        """Whether it is named after a host or a mail address; after a service otherwise."""
        return self.profile.startswith("SERV/")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyWanted:
    """The key: on disk, or in the PKCS#11 token that `token` (RFC 7512) names."""

    kind: str
    reuse: bool
    token: str
    pin_file: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How the server knows us; secrets stand in files of their own."""

    eab_key_id: str
    eab_mac_key_file: Path | None
    user: str
    secret_file: Path | None
    token_file: Path | None
    certificate: Path | None
    key: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """How the control of a name is proved to ACME, where it is not proved already."""

    challenge: str
    webroot: Path | None
    listen: str
    dns_hook: tuple[str, ...]
    profile: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """A copy to keep up to date beside the PEM files, in another format or place."""

    format: str
    path: Path
    password_file: Path | None
    owner: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything about one certificate. `directory` is the ACME directory that tells when to renew
    (RFC 9773) and revokes by the certificate's key, whatever the protocol."""

    name: str
    protocol: str
    server: str
    directory: str
    trust: Path | None
    label: str
    before_days: int
    patience_s: int
    wanted: Wanted
    key: KeyWanted
    credentials: Credentials
    proving: Proving
    owner: str
    group: str
    outputs: tuple[Output, ...]
    reloads: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]


def names(folder: Path) -> list[str]:
    """The certificates that a folder of settings describes, one a file."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def read(folder: Path, name: str) -> Settings:
    """Read one. Raises ClientError (CONFIGURATION) with every problem of the file."""
    path = folder / f"{name}.toml"
    if not NAME.fullmatch(name):
        raise ClientError(Exit.CONFIGURATION, Say.NAME_SHAPE, name=name)
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        there = ", ".join(names(folder)) or "—"
        raise ClientError(Exit.CONFIGURATION, Say.NO_FILE, path=path, there=there) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ClientError(Exit.CONFIGURATION, Say.BAD_FILE, path=path, error=error) from error
    problems: list[str] = []
    found = _settings(Table(values, "", problems), name)
    problems.extend(_contradictions(found))
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        raise ClientError(Exit.CONFIGURATION, Say.BAD_SETTINGS, path=path, problems=listed)
    return found


def _settings(table: Table, name: str) -> Settings:
    est, renewal = table.table("est"), table.table("renewal")
    files, hooks = table.table("files"), table.table("hooks")
    protocol, server = table.choice("protocol", PROTOCOLS, None), table.text("server", None)
    directory = renewal.text("directory", server if protocol == "acme" else "")
    found = Settings(
        name=name,
        protocol=protocol,
        server=server.rstrip("/"),
        directory=directory,
        trust=table.path("trust"),
        label=est.text("label"),
        before_days=renewal.number("before_days", 45, least=1, most=365),
        patience_s=renewal.number("patience_seconds", 120, least=0, most=3600),
        wanted=_wanted(table.table("certificate")),
        key=_key(table.table("key")),
        credentials=_credentials(table.table("credentials")),
        proving=_proving(table.table("acme")),
        owner=files.text("owner"),
        group=files.text("group"),
        outputs=tuple(_output(one) for one in table.tables("outputs")),
        reloads=hooks.words("reload"),
        commands=hooks.commands("commands"),
    )
    for one in (est, renewal, files, hooks, table):
        one.finish()
    return found


def _wanted(table: Table) -> Wanted:
    found = Wanted(
        profile=table.text("profile", "SERV/SSL_SERV"),
        name=table.text("name", None),
        structure=table.text("structure"),
        contact=table.text("contact"),
    )
    table.finish()
    return found


def _key(table: Table) -> KeyWanted:
    found = KeyWanted(
        kind=table.choice("type", KEY_TYPES, "rsa-3072"),
        reuse=table.flag("reuse"),
        token=table.text("pkcs11"),
        pin_file=table.path("pin_file"),
    )
    table.finish()
    return found


def _credentials(table: Table) -> Credentials:
    found = Credentials(
        eab_key_id=table.text("eab_key_id"),
        eab_mac_key_file=table.path("eab_mac_key_file"),
        user=table.text("user"),
        secret_file=table.path("secret_file"),
        token_file=table.path("token_file"),
        certificate=table.path("certificate"),
        key=table.path("key"),
    )
    table.finish()
    return found


def _proving(table: Table) -> Proving:
    found = Proving(
        challenge=table.choice("challenge", CHALLENGES, "http-01"),
        webroot=table.path("webroot"),
        listen=table.text("listen", ":80"),
        dns_hook=table.words("dns_hook"),
        profile=table.text("profile"),
    )
    if not re.fullmatch(r".*:\d{1,5}", found.listen):
        table.problem("listen", Say.LISTEN_SHAPE.text())
    if found.challenge == "dns-01" and not found.dns_hook:
        table.problem("dns_hook", Say.DNS_HOOK_MISSING.text())
    table.finish()
    return found


def _output(table: Table) -> Output:
    found = Output(
        format=table.choice("format", FORMATS, None),
        path=table.path("path") or Path("/"),
        password_file=table.path("password_file"),
        owner=table.text("owner"),
        group=table.text("group"),
    )
    if found.path == Path("/"):
        table.problem("path", Say.KEY_MISSING.text())
    if found.format in {"pkcs12", "jks"} and found.password_file is None:
        table.problem("password_file", Say.KEY_MISSING.text())
    table.finish()
    return found


def _is_https(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets of IPv6 left open, a port that is no number
        return False


def _contradictions(found: Settings) -> Iterator[str]:
    """What is right key by key and wrong together."""
    for key, address in (("server", found.server), ("renewal.directory", found.directory)):
        if address and not _is_https(address):
            yield f"{key}: {Say.ADDRESS_SHAPE.text(found=address)}"
    if not re.fullmatch(r"[A-Z]+/[A-Z_]+", found.wanted.profile):
        yield f"certificate.profile: {Say.PROFILE_SHAPE.text()}"
    if found.protocol == "rest":
        yield from _rest_contradictions(found)
    if (found.credentials.certificate is None) is not (found.credentials.key is None):
        yield f"credentials: {Say.CERTIFICATE_AND_KEY.text()}"
    for one in found.reloads:
        if one not in RELOADS:
            yield f"hooks.reload: {Say.KEY_CHOICE.text(found=one, among=', '.join(RELOADS))}"
    if found.key.token:
        yield from _token_contradictions(found)


def _rest_contradictions(found: Settings) -> Iterator[str]:
    for key in ("structure", "contact"):
        if not getattr(found.wanted, key):
            yield f"certificate.{key}: {Say.REST_NEEDS.text()}"
    if found.credentials.token_file is None and found.credentials.certificate is None:
        yield f"credentials.token_file: {Say.REST_CREDENTIALS.text()}"


def _token_contradictions(found: Settings) -> Iterator[str]:
    if not found.key.token.startswith("pkcs11:"):
        yield f"key.pkcs11: {Say.TOKEN_SHAPE.text()}"
    if found.key.pin_file is None:
        yield f"key.pin_file: {Say.KEY_MISSING.text()}"
    if found.protocol == "est":
        yield f"key.pkcs11: {Say.TOKEN_AND_EST.text()}"
    if found.outputs or "haproxy" in found.reloads:
        yield f"key.pkcs11: {Say.TOKEN_STAYS.text()}"
