"""PKCS#11 addresses (RFC 7512) that name a token and the module that speaks to it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from pkcs11.types import Token

from guichet.keystore.protocol import KeystoreError

SCHEME: Final = "pkcs11:"
TOKEN_ATTRIBUTES: Final = ("token", "serial", "manufacturer", "model")
EXAMPLE: Final = "pkcs11:token=…?module-path=/usr/lib/…/module.so"


@dataclass(frozen=True, slots=True)
class TokenUri:
    """A token by what is said of it, and the absolute path of its module."""

    module_path: Path
    said: tuple[tuple[str, str], ...]  # attributes of RFC 7512 2.3, decoded
    slot_id: int | None = None

    def matches(self, token: Token, slot_id: int) -> bool:
        """Whether all that is said is true of a token."""
        facts = {
            "token": token.label,
            "serial": token.serial.decode("utf-8", "replace").rstrip(),
            "manufacturer": token.manufacturer_id,
            "model": token.model,
        }
        is_slot = self.slot_id is None or self.slot_id == slot_id
        return is_slot and all(facts[name] == value for name, value in self.said)

    def __str__(self) -> str:
        slot = () if self.slot_id is None else (("slot-id", str(self.slot_id)),)
        return ", ".join(f"{name}={value}" for name, value in (*self.said, *slot))


def parse(text: str) -> TokenUri:
    """Read an address. Raises KeystoreError, which names what it may not say.

    `pin-value` is refused: a setting is read by many. `object`, `id` and `type` are: keys are found
    by their labels.
    """
    path, _, query = text.removeprefix(SCHEME).partition("?")
    said = _pairs(path, ";")
    asked = _pairs(query, "&")
    module = asked.pop("module-path", "")
    if "pin-value" in asked or "pin-source" in asked:
        raise KeystoreError(
            "GUICHET_KEYSTORE: no PIN in the address, where many could read it: "
            "give it as the passphrase of a file is given"
        )
    if not module.startswith("/"):
        raise KeystoreError(f"GUICHET_KEYSTORE: module-path, absolute, is missing: give {EXAMPLE}")
    slot = said.pop("slot-id", None)
    if unknown := [*(name for name in said if name not in TOKEN_ATTRIBUTES), *asked]:
        raise KeystoreError(
            f"GUICHET_KEYSTORE: {', '.join(unknown)} cannot be said of a token; what can: "
            f"{', '.join(TOKEN_ATTRIBUTES)}, slot-id, ?module-path"
        )
    if not said and slot is None:
        raise KeystoreError(f"GUICHET_KEYSTORE: which token? Give {EXAMPLE}")
    return TokenUri(Path(module), tuple(said.items()), _number(slot))


def _pairs(text: str, separator: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, text.split(separator)):
        name, equals, value = part.partition("=")
        if not equals or name in found:
            raise KeystoreError(f"GUICHET_KEYSTORE: {name}: once, with a value")
        try:
            found[name] = unquote(value, errors="strict")
        except UnicodeDecodeError as error:
            raise KeystoreError(f"GUICHET_KEYSTORE: {name}: not UTF-8") from error
    return found


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit():
        raise KeystoreError(f"GUICHET_KEYSTORE: slot-id: a number, not {text!r}")
    return int(text)
