"""The environment variables that Guichet reads: name, default, meaning."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, its default as printed, and its meaning."""

    name: str
    default: str
    meaning: str


VARIABLES: Final = (
    Variable("GUICHET_STATE", "var", "folder of all generated state"),
    Variable(
        "GUICHET_ENVIRONMENT", "test", "or production: the twin hierarchy, of another state folder"
    ),
    Variable("GUICHET_TWIN_URL", "none", "the counter of the other environment, linked on pages"),
    Variable(
        "GUICHET_DOCUMENTATION_URL", "none", "where this documentation is published, linked by help"
    ),
    Variable(
        "GUICHET_THEME", "neutral", "or dsfr: the State's design system, for its operators alone"
    ),
    Variable(
        "GUICHET_STATE_OPERATOR",
        "none",
        "under dsfr, lines of the State's mark: name|second line, ministry|second line",
    ),
    Variable("GUICHET_DATABASE_URL", "SQLite in the state folder", "or postgresql://…"),
    Variable("GUICHET_HOST", "localhost", "host name of the portal, card and bench ports"),
    Variable("GUICHET_LISTEN", "127.0.0.1", "address the ports listen on"),
    Variable("GUICHET_PORT", "8443", "portal and token APIs, HTTPS, no client certificate asked"),
    Variable("GUICHET_CARD_PORT", "8445", "HTTPS, client certificate asked: card login, REST"),
    Variable("GUICHET_PKI_PORT", "8080", "OCSP, CRL, AIA, plain HTTP"),
    Variable("GUICHET_FRONT_WORKERS", "one a core", "processes of the portal behind nginx"),
    Variable("GUICHET_PKI_WORKERS", "1", "processes that answer on the PKI port, about one a core"),
    Variable(
        "GUICHET_PUBLICATION", "none", "where to ship to copies, or to copy: file:///…, s3://…"
    ),
    Variable("GUICHET_PUBLICATION_KEY", "none", "of a copy: its publisher's public key, or a file"),
    Variable(
        "GUICHET_JOURNAL_WITNESSES",
        "none",
        "who cosigns the log of the journal: <key> <address of add-checkpoint>, …",
    ),
    Variable(
        "GUICHET_JOURNAL_TSA", "none", "address of an RFC 3161 authority that stamps that log"
    ),
    Variable("GUICHET_JOURNAL_TSA_ROOTS", "none", "PEM file that its certificate must lead to"),
    Variable("GUICHET_JOURNAL_TSA_SECONDS", "10", "that one of its answers may take, 1 to 64"),
    Variable("GUICHET_BACKUP_RECIPIENT", "none", "age1… public keys that backups are encrypted to"),
    Variable("GUICHET_BENCH_PORT", "8444", "mutual-TLS bench, HTTPS, client certificate required"),
    Variable("GUICHET_OIDC_PORT", "8446", "OpenID Connect provider of the demo"),
    Variable("GUICHET_PKI_URL", "http://127.0.0.1:<PKI port>", "base of addresses in certificates"),
    Variable("GUICHET_OIDC_ISSUER", "the demo provider", "issuer of the e-CPS login"),
    Variable("GUICHET_OIDC_CLIENT_ID", "guichet", "client identifier at that issuer"),
    Variable("GUICHET_OIDC_CLIENT_SECRET", "made by the demo", "client secret at that issuer"),
    Variable(
        "GUICHET_OIDC_CERTIFICATE",
        "none, made by the demo",
        "PEM file of the key and the ORG AUTH_CLI certificate presented to that issuer",
    ),
    Variable("GUICHET_OIDC_ROOTS", "the system's", "PEM file of the roots of that issuer's TLS"),
    Variable("GUICHET_FRANCECONNECT_PORT", "8447", "FranceConnect-like provider of the demo"),
    Variable("GUICHET_FRANCECONNECT_ISSUER", "the demo provider", "none outside the demo"),
    Variable("GUICHET_FRANCECONNECT_CLIENT_ID", "guichet", "client identifier at that issuer"),
    Variable("GUICHET_FRANCECONNECT_CLIENT_SECRET", "made by the demo", "its client secret"),
    Variable("GUICHET_PROCONNECT_PORT", "8448", "ProConnect-like provider of the demo"),
    Variable("GUICHET_PROCONNECT_ISSUER", "the demo provider", "none outside the demo"),
    Variable("GUICHET_PROCONNECT_CLIENT_ID", "guichet", "client identifier at that issuer"),
    Variable("GUICHET_PROCONNECT_CLIENT_SECRET", "made by the demo", "its client secret"),
    Variable(
        "GUICHET_KEYSTORE",
        "file: in the state folder",
        "or pkcs11:token=…?module-path=… (RFC 7512)",
    ),
    Variable(
        "GUICHET_KEYSTORE_PASSPHRASE_FILE",
        "secrets/keystore in the state folder",
        "file of its passphrase or PIN; the systemd credential “keystore” goes before it",
    ),
    Variable("GUICHET_SIGNER_THREADS", "2", "signatures a signer makes at once, about one a core"),
    Variable(
        "GUICHET_STAFF_IDLE_MINUTES", "15", "after which a session of the staff ends, 1 to 64"
    ),
    Variable("GUICHET_STAFF_SESSION_HOURS", "8", "after which it ends whatever is done, 1 to 64"),
    Variable("GUICHET_EMAIL_URL", "mailbox: readable in the demo", "or smtp://user:pw@host:port"),
    Variable("GUICHET_EMAIL_FROM", "nepasrepondre@guichet.test", "sender of e-mails"),
    Variable(
        "GUICHET_OPERATOR_EMAIL",
        "none, operateur@guichet.test in the demo",
        "who is told of alarms: addresses separated by commas",
    ),
    Variable(
        "GUICHET_COMPANY_API_URL",
        "off",
        "on-line look-up of companies, such as https://recherche-entreprises.api.gouv.fr",
    ),
    Variable(
        "GUICHET_REGISTERS",
        "registers.sqlite in the state folder",
        "file of the public registers, in a folder that its importer may write in",
    ),
    Variable("GUICHET_DNS_RESOLVER", "the system's", "address:port asked for proofs of domains"),
    Variable("GUICHET_ACME_HTTP_PORT", "80", "port that http-01 validations connect to"),
    Variable("GUICHET_ACME_TLS_PORT", "443", "port that tls-alpn-01 validations connect to"),
    Variable(
        "GUICHET_ACME_NETWORKS",
        "none, the loopback in the demo",
        "networks that are not public where names may be validated: 10.0.0.0/8,…",
    ),
    Variable("GUICHET_ACME_CAA", "GUICHET_HOST", "names by which CAA records allow this counter"),
    Variable(
        "GUICHET_WEBHOOK_NETWORKS",
        "none, the loopback in the demo",
        "networks that are not public where webhooks may be sent: 10.0.0.0/8,…",
    ),
    Variable(
        "GUICHET_BENCH_TARGETS",
        "none, the loopback in the demo",
        "servers that the bench may connect to: host:port, host:first-last,…",
    ),
    Variable("GUICHET_CLAMD", "none", "antivirus of attached files: tcp://host:3310 or unix:/path"),
    Variable("GUICHET_LOG_FORMAT", "auto", "json, or console: plain; auto is plain on a terminal"),
    Variable("GUICHET_LOG_LEVEL", "INFO", "least weight of what Guichet logs: DEBUG to ERROR"),
    Variable(
        "GUICHET_OTEL_ENDPOINT",
        "none",
        "OTLP/HTTP collector of traces, such as http://127.0.0.1:4318 (requirements/otel.txt)",
    ),
    Variable("GUICHET_SECRET_FILE", "secrets/django in the state folder", "signing secret, a file"),
    Variable("GUICHET_UNIX_SOCKETS", "none", "folder of Unix sockets to serve behind nginx"),
    Variable(
        "GUICHET_…_FILE",
        "none",
        "a file that holds the value of another variable: GUICHET_DATABASE_URL_FILE",
    ),
    Variable("GUICHET_DEMO", "0", "1: demo pages (mailbox) are served"),
)
