"""Commands by which a person repeats what the bench looked at, with curl and OpenSSL alone."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

IDENTITY: Final = "-cert certificat.pem -key cle.pem"


@dataclass(frozen=True, slots=True)
class Commands:
    """Written for one bench: its base address and that of the validation service."""

    bench_url: str
    pki_url: str

    @property
    def _connect(self) -> str:
        parts = urlsplit(self.bench_url)
        return f"openssl s_client -connect {parts.hostname}:{parts.port or 443}"

    @property
    def _curl(self) -> str:
        return "curl --cacert racine.pem --cert certificat.pem --key cle.pem"

    @property
    def present(self) -> str:
        """Present a certificate."""
        return f"{self._curl} {self.bench_url}/"

    @property
    def tls(self) -> str:
        """Shake hands by TLS 1.3, and see the messages."""
        return f"{self._connect} {IDENTITY} -tls1_3 -trace </dev/null"

    @property
    def server_name(self) -> str:
        """Send the host's name."""
        return f"{self._connect} -servername {urlsplit(self.bench_url).hostname} </dev/null"

    @property
    def with_chain(self) -> str:
        """Send the authority's certificate as well."""
        return f"{self._connect} {IDENTITY} -cert_chain intermediaire.pem </dev/null"

    @property
    def verify(self) -> str:
        """Verify the chain."""
        return "openssl verify -CAfile racine.pem -untrusted intermediaire.pem certificat.pem"

    @property
    def dates(self) -> str:
        """Show the period of validity."""
        return "openssl x509 -in certificat.pem -noout -dates"

    @property
    def ocsp(self) -> str:
        """Ask for the status."""
        return (
            "openssl ocsp -issuer intermediaire.pem -cert certificat.pem "
            f"-CAfile racine.pem -url {self.pki_url}/ocsp"
        )

    @property
    def usage(self) -> str:
        """Show what the certificate is for."""
        return "openssl x509 -in certificat.pem -noout -ext keyUsage,extendedKeyUsage"

    @property
    def text(self) -> str:
        """Show everything."""
        return "openssl x509 -in certificat.pem -noout -text"

    @property
    def fingerprint(self) -> str:
        """Show the thumbprint that the registry knows."""
        return "openssl x509 -in certificat.pem -noout -fingerprint -sha256"

    @property
    def with_date(self) -> str:
        """Send the client's own time."""
        date = "Date: $(LC_ALL=C date -u '+%a, %d %b %Y %H:%M:%S GMT')"
        return f'{self._curl} --header "{date}" {self.bench_url}/'


def probing(host: str, port: int, option: str = "") -> str:
    """Shake hands with a server as the bench does."""
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    name = "" if ":" in host else f" -servername {host}"
    return f"openssl s_client -connect {where}{name}{' ' + option if option else ''} </dev/null"
