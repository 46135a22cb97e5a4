"""How the settings of the journal's log are read: its witnesses, its time-stamping authority."""

from collections.abc import Mapping
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificates

from guichet.conf.readers import ConfigurationError, count, optional_http_url
from guichet.journal import endorsing
from guichet.journal.endorsing import Known
from guichet.journal.notes import NoteError
from guichet.journal.timestamps import Authority


def witnesses(values: Mapping[str, str]) -> tuple[Known, ...]:
    """Who cosigns. Raises ConfigurationError."""
    try:
        return endorsing.witnesses(values.get("GUICHET_JOURNAL_WITNESSES") or "")
    except NoteError as error:
        raise ConfigurationError(f"GUICHET_JOURNAL_WITNESSES: {error}") from error


def time_stamping(values: Mapping[str, str]) -> Authority:
    """Who stamps, and the roots, which verify what was stamped even where nobody is asked now.

    Raises ConfigurationError.
    """
    url = optional_http_url(values, "GUICHET_JOURNAL_TSA")
    seconds = count(values, "GUICHET_JOURNAL_TSA_SECONDS", 10)
    name = values.get("GUICHET_JOURNAL_TSA_ROOTS") or ""
    if url and not name:
        raise ConfigurationError("GUICHET_JOURNAL_TSA needs GUICHET_JOURNAL_TSA_ROOTS, a PEM file")
    if not name:
        return Authority(seconds=seconds)
    try:
        roots = Path(name).read_bytes()
        load_pem_x509_certificates(roots)
    except (OSError, ValueError) as error:
        message = f"GUICHET_JOURNAL_TSA_ROOTS: a PEM file of certificates, not {name} ({error})"
        raise ConfigurationError(message) from error
    return Authority(url, roots, seconds)
