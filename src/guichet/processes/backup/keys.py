"""The key that opens backups, made on a machine that needs no database."""

import os
from collections.abc import Callable
from pathlib import Path

from guichet.processes.backup import encryption
from guichet.processes.backup.refusals import BackupError


def make_key(to: Path, passphrase: str, print_line: Callable[[str], None]) -> None:
    """Write a private key (0600) and print its public half. Raises BackupError."""
    text, public = encryption.make_identity()
    written = f"# public key: {public}\n{text}\n"
    content = encryption.protected(written, passphrase) if passphrase else written.encode()
    try:
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BackupError(f"{to} cannot be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(descriptor)
    except OSError as error:
        to.unlink()
        raise BackupError(f"{to} cannot be written: {error.strerror}") from error
    print_line(f"GUICHET_BACKUP_RECIPIENT={public}")
    print_line(f"Carry {to} away from the machines that make backups: it opens them all.")
