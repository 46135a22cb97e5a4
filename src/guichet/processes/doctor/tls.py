"""The certificate that the HTTPS ports show."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from guichet.conf.environment import Environment
from guichet.processes.doctor.findings import Finding, closed, fault, warning, well
from guichet.processes.serve import server_files

RENEWED_BEFORE: Final = timedelta(days=14)
CHECK: Final = "tls-certificate"
WHY: Final = "Browsers and programs refuse to connect."


def examine(environment: Environment, at: datetime) -> Iterator[Finding]:
    """In time, of this host, and of the key beside it."""
    certificate, key = server_files(environment.state)
    mend = f"Put a new certificate with its chain in {certificate} and its key in {key}, restart"
    try:
        found = x509.load_pem_x509_certificate(certificate.read_bytes())
    except PermissionError:
        yield closed(CHECK, certificate)
        return
    except (OSError, ValueError) as error:
        yield fault(CHECK, f"{certificate} cannot be read ({error})", why=WHY, mend=mend)
        return
    if at >= found.not_valid_after_utc:
        said = f"It is over since {found.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        yield fault(CHECK, said, why=WHY, mend=mend)
    elif at < found.not_valid_before_utc:
        said = f"It begins on {found.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
        yield fault(CHECK, said, why=WHY, mend="Set the clock right, or wait")
    elif found.not_valid_after_utc - at < RENEWED_BEFORE:
        said = f"It ends on {found.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        yield warning(CHECK, said, why=WHY, mend=mend)
    elif not _names(found, environment.host):
        yield fault(CHECK, f"It does not name {environment.host}", why=WHY, mend=mend)
    elif not _matches(found, key):
        yield fault(CHECK, f"{key} is not its key", why="The ports do not start.", mend=mend)
    else:
        yield well(CHECK, f"{environment.host}, until {found.not_valid_after_utc:%Y-%m-%d}")


def _names(certificate: x509.Certificate, host: str) -> bool:
    """Whether it names the host, whole or by a wildcard of one label (RFC 6125 6.4.3)."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    dns = {name.lower() for name in names.get_values_for_type(x509.DNSName)}
    addresses = {str(ip) for ip in names.get_values_for_type(x509.IPAddress)}
    return bool({host.lower(), f"*.{host.lower().partition('.')[2]}"} & dns) or host in addresses


def _matches(certificate: x509.Certificate, key: Path) -> bool:
    """Whether the key is the certificate's; what this user may not read is not judged."""
    try:
        held = load_pem_private_key(key.read_bytes(), password=None)
    except PermissionError:
        return True
    except (OSError, ValueError, TypeError):
        return False
    return held.public_key() == certificate.public_key()
