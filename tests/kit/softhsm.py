"""A SoftHSM token of a test's own: its settings and its files in a folder, away from all others."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

import pkcs11
import pytest

from guichet.keystore import open_keystore
from guichet.keystore.token import TokenKeystore
from guichet.keystore.token.module import module_of
from guichet.x509 import signatures

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "271828"
SO_PIN = "31415926"
LABEL = "Guichet d’essai"


@dataclass(frozen=True)
class SoftHsm:
    """One token, in a folder that a test may take away and put back."""

    folder: Path

    @classmethod
    def make(cls, folder: Path, patch: pytest.MonkeyPatch) -> Self:
        """Make a token and have this process, and those it starts, see no other."""
        made = cls(folder)
        (folder / "tokens").mkdir(parents=True)
        made.settings.write_text(
            f"directories.tokendir = {folder / 'tokens'}\n"
            "objectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n"
        )
        patch.setenv("SOFTHSM2_CONF", str(made.settings))
        made.forget()
        made.initialise(LABEL)
        return made

    @property
    def settings(self) -> Path:
        """The file that SOFTHSM2_CONF names."""
        return self.folder / "softhsm2.conf"

    def initialise(self, label: str) -> None:
        """Make one more token."""
        subprocess.run(
            [
                *("softhsm2-util", "--init-token", "--free"),
                *("--label", label, "--so-pin", SO_PIN, "--pin", PIN),
            ],
            check=True,
            capture_output=True,
        )

    def url(self, label: str = LABEL) -> str:
        """As GUICHET_KEYSTORE names it."""
        return f"pkcs11:token={quote(label)}?module-path={MODULE}"

    def keystore(self, pin: bytes = PIN.encode()) -> TokenKeystore:
        """Its keys."""
        found = open_keystore(self.url(), pin)
        assert isinstance(found, TokenKeystore)
        return found

    def take_away(self) -> None:
        """Take the token out of its slot."""
        (self.folder / "tokens").rename(self.folder / "away")
        (self.folder / "tokens").mkdir()

    def put_back(self) -> None:
        """Put it in again."""
        (self.folder / "tokens").rmdir()
        (self.folder / "away").rename(self.folder / "tokens")

    def forget(self) -> None:
        """Have this process begin anew with the module, whatever else in it has used it."""
        with module_of(MODULE).lock:
            module_of(MODULE).restart()
            library = pkcs11.lib(str(MODULE))
            if library.initialized:
                library.finalize()


DATA = bytes(range(256)) * 300


def signs(keystore: TokenKeystore, label: str = "k", scheme: str = "") -> bool:
    """Whether the key of a label signs, by one of its schemes or by its own."""
    bound = signatures.bound(keystore.signing_key(label), scheme)
    return bound.scheme.verifies(bound.key.public_key(), bound.sign(DATA), DATA)
