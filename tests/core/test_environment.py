"""Settings of a process: read once, checked, each with its default and its explanation."""

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from guichet.conf import environment
from guichet.conf.databases import POSTGRESQL_PATIENCE, database
from guichet.conf.environment import ConfigurationError, Environment
from guichet.conf.variables import VARIABLES

PORTS = {
    "GUICHET_PORT": ("port", 8443),
    "GUICHET_CARD_PORT": ("card_port", 8445),
    "GUICHET_PKI_PORT": ("pki_port", 8080),
    "GUICHET_BENCH_PORT": ("bench_port", 8444),
    "GUICHET_OIDC_PORT": ("oidc_port", 8446),
    "GUICHET_FRANCECONNECT_PORT": ("franceconnect_port", 8447),
    "GUICHET_PROCONNECT_PORT": ("proconnect_port", 8448),
    "GUICHET_ACME_HTTP_PORT": ("acme_http_port", 80),
    "GUICHET_ACME_TLS_PORT": ("acme_tls_port", 443),
}
ADDRESSES = {
    "GUICHET_PKI_URL": "pki_url",
    "GUICHET_OIDC_ISSUER": "oidc_issuer",
    "GUICHET_FRANCECONNECT_ISSUER": "franceconnect_issuer",
    "GUICHET_PROCONNECT_ISSUER": "proconnect_issuer",
    "GUICHET_COMPANY_API_URL": "company_api_url",
}


def read(**values: str) -> Environment:
    return Environment.read(values)


def test_defaults_are_those_of_the_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing set: everything is under `var`, on the loopback, and no demo."""
    monkeypatch.chdir(tmp_path)
    found = read()
    state = tmp_path / "var"
    assert found.state == state
    assert found.database_url == f"sqlite:///{state}/guichet.db"
    assert found.keystore == f"file:{state}/keystore"
    assert found.email_url == f"mailbox:{state}/mailbox"
    assert found.secret_file == state / "secrets" / "django"
    assert (found.listen, found.host) == ("127.0.0.1", "localhost")
    assert (found.unix_sockets, found.demo, found.company_api_url) == (None, False, "")
    assert found.published == state / "published"
    assert found.registers == state / "registers.sqlite"
    assert {name: getattr(found, field) for name, (field, _) in PORTS.items()} == {
        name: default for name, (_, default) in PORTS.items()
    }


def test_an_empty_value_is_the_default() -> None:
    """As a shell script leaves it."""
    names = [variable.name for variable in VARIABLES]
    assert read(**dict.fromkeys(names, "")) == read()


@pytest.mark.parametrize("name", PORTS)
def test_ports(name: str) -> None:
    """ACCEPTED from 1 to 65535; the message of a refusal names the variable."""
    field, _ = PORTS[name]
    assert getattr(read(**{name: "1"}), field) == 1
    assert getattr(read(**{name: "65535"}), field) == 65535
    for wrong in ("0", "65536", "-1", "8443 ", "٨٤٤٣", "0x20", "https", "1e3"):
        with pytest.raises(ConfigurationError, match=f"{name}: a port from 1 to 65535"):
            read(**{name: wrong})


@pytest.mark.parametrize("name", ADDRESSES)
def test_addresses(name: str) -> None:
    """ACCEPTED: http and https, without a final slash; anything else is refused by name."""
    given = {name: "https://pki.exemple.fr/base/"}
    assert getattr(read(**given), ADDRESSES[name]) == "https://pki.exemple.fr/base"
    for wrong in ("pki.exemple.fr", "ftp://pki.exemple.fr", "http://", "file:///etc/passwd"):
        with pytest.raises(ConfigurationError, match=f"{name}: an http"):
            read(**{name: wrong})


@pytest.mark.parametrize(
    ("name", "field", "right", "wrong"),
    [
        (
            "GUICHET_CLAMD",
            "clamd",
            ("tcp://clamd.exemple.fr:3310", "unix:/run/clamd.sock"),
            ("clamd.exemple.fr", "tcp://", "unix:run/clamd.sock", "http://clamd.exemple.fr"),
        ),
        (
            "GUICHET_DNS_RESOLVER",
            "dns_resolver",
            ("127.0.0.1:53", "[::1]:5353"),
            ("127.0.0.1", "dns.exemple.fr:53", "127.0.0.1:0", "127.0.0.1:dns", ":53"),
        ),
        (
            "GUICHET_PUBLICATION",
            "publication",
            ("file:///srv/publication", "s3://bucket/publication"),
            ("/srv/publication", "bucket"),
        ),
    ],
)
def test_addresses_of_other_services(
    name: str, field: str, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    """None unless one is named; a wrong one is refused by its variable's name."""
    assert not getattr(read(), field)
    for value in right:
        assert getattr(read(**{name: value}), field) == value
    for value in wrong:
        with pytest.raises(ConfigurationError, match=name):
            read(**{name: value})


def test_addresses_follow_the_ports() -> None:
    """Inside certificates and towards the provider, unless told otherwise."""
    found = read(GUICHET_PKI_PORT="81", GUICHET_OIDC_PORT="82", GUICHET_HOST="guichet.fr")
    assert found.pki_url == "http://127.0.0.1:81"
    assert found.oidc_issuer == "http://localhost:82"
    assert found.portal_url == "https://guichet.fr:8443"
    assert found.card_url == "https://guichet.fr:8445"
    assert found.bench_url == "https://guichet.fr:8444"
    usual = read(GUICHET_PORT="443", GUICHET_HOST="guichet.fr")
    assert usual.portal_url == "https://guichet.fr"


@pytest.mark.parametrize(("name", "port"), [("franceconnect", 8447), ("proconnect", 8448)])
def test_a_provider_is_offered_by_the_demo_or_by_its_issuer(name: str, port: int) -> None:
    """Outside the demo nobody is sent to an address that nobody chose."""
    issuer = f"{name}_issuer"
    assert getattr(read(), issuer) == ""
    assert getattr(read(GUICHET_DEMO="1"), issuer) == f"http://localhost:{port}"
    chosen = "https://fournisseur.exemple.fr"
    assert getattr(read(**{f"GUICHET_{name.upper()}_ISSUER": chosen}), issuer) == chosen


@pytest.mark.parametrize(("value", "is_demo"), [("1", True), ("0", False), ("true", False)])
def test_the_demo_is_asked_for_by_one_value_alone(value: str, is_demo: bool) -> None:
    """Its pages show everybody's mail: no guess at what was meant."""
    assert read(GUICHET_DEMO=value).demo is is_demo


def test_where_names_may_be_validated() -> None:
    """Public addresses alone, and the loopback in the demo, unless networks are opened."""
    assert read().acme_networks == ()
    assert read(GUICHET_DEMO="1").acme_networks == (
        ip_network("127.0.0.0/8"),
        ip_network("::1/128"),
    )
    found = read(GUICHET_DEMO="1", GUICHET_ACME_NETWORKS="10.0.0.0/8, fd00::/8").acme_networks
    assert found == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    for wrong in ("10.0.0.1/8", "interne", "10.0.0.0/40"):
        with pytest.raises(ConfigurationError, match="GUICHET_ACME_NETWORKS"):
            read(GUICHET_ACME_NETWORKS=wrong)


def test_how_caa_records_name_this_counter() -> None:
    """By its own name, unless told others."""
    assert read(GUICHET_HOST="Guichet.exemple.fr").acme_caa == {"guichet.exemple.fr"}
    assert read(GUICHET_ACME_CAA="a.fr, b.fr").acme_caa == {"a.fr", "b.fr"}


def test_paths_are_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process may change its folder afterwards."""
    monkeypatch.chdir(tmp_path)
    found = read(GUICHET_STATE="state", GUICHET_UNIX_SOCKETS="sockets")
    assert (found.state, found.unix_sockets) == (tmp_path / "state", tmp_path / "sockets")


def test_a_value_in_a_file(tmp_path: Path) -> None:
    """As systemd gives a credential: read from the file that the variable's twin names."""
    held = tmp_path / "database-url"
    held.write_text("postgresql://guichet-signer@/guichet?host=/run/postgresql\n")
    given = {"GUICHET_DATABASE_URL_FILE": str(held), "GUICHET_SECRET_FILE": str(tmp_path / "none")}
    assert read(**given).database_url == held.read_text().strip()
    with pytest.raises(ConfigurationError, match="GUICHET_DATABASE_URL_FILE: give one of them"):
        read(GUICHET_DATABASE_URL="sqlite:///x.db", **given)
    with pytest.raises(ConfigurationError, match="_FILE: give GUICHET_ENVIRONMENT itself"):
        read(GUICHET_ENVIRONMENT_FILE=str(held))
    held.unlink()
    with pytest.raises(ConfigurationError, match=r"GUICHET_DATABASE_URL_FILE: .+ cannot be read"):
        read(**given)


def test_every_variable_that_is_read_is_explained() -> None:
    """`guichet doctor` prints them all; names are written out or made of a prefix."""
    source = Path(environment.__file__).read_text()
    named = set(re.findall(r'"(GUICHET_[A-Z_]+)"', source))
    assert named <= {variable.name for variable in VARIABLES}
    assert all(variable.meaning and variable.default for variable in VARIABLES)
    assert len({variable.name for variable in VARIABLES}) == len(VARIABLES)


def test_a_sqlite_address() -> None:
    """Every commit of an authority reaches the disk (synchronous FULL)."""
    found = database("sqlite:////srv/guichet.db")
    assert found["NAME"] == "/srv/guichet.db"
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in found["OPTIONS"]["init_command"]
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


def test_a_postgresql_address() -> None:
    """Every part of it, escapes undone."""
    found = database("postgresql://gui%40chet:s%3Acret@db.exemple.fr:5433/igc?sslmode=verify-full")
    assert {name: found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "igc",
        "USER": "gui@chet",
        "PASSWORD": "s:cret",
        "HOST": "db.exemple.fr",
        "PORT": "5433",
    }
    assert found["OPTIONS"] == {**POSTGRESQL_PATIENCE, "sslmode": "verify-full"}
    local = database("postgresql://guichet@/guichet?host=/run/postgresql")
    assert (local["HOST"], local["OPTIONS"]["host"]) == ("", "/run/postgresql")
    impatient = database("postgresql://guichet@/guichet?connect_timeout=1")
    assert impatient["OPTIONS"]["connect_timeout"] == "1"


def test_another_database() -> None:
    """REFUSED, and told what may be."""
    with pytest.raises(ConfigurationError, match="sqlite:///… or postgresql://…, not mysql:"):
        database("mysql://root@localhost/guichet")


def test_operators_are_told_of_alarms() -> None:
    """Addresses separated by commas; nobody by default, the demo's operator in the demo."""
    assert read().operator_emails == ()
    assert read(GUICHET_DEMO="1").operator_emails == ("operateur@guichet.test",)
    found = read(GUICHET_OPERATOR_EMAIL="a@exemple.test, b@exemple.test,").operator_emails
    assert found == ("a@exemple.test", "b@exemple.test")
    with pytest.raises(ConfigurationError, match="GUICHET_OPERATOR_EMAIL"):
        read(GUICHET_OPERATOR_EMAIL="a@exemple.test b@exemple.test")
