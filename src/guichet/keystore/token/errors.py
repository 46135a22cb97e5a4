"""What tokens answer when they cannot, in words that say what to do."""

from typing import Final

import pkcs11
from pkcs11 import exceptions as p11

from guichet.keystore.protocol import KeystoreError

# The session, the login, the handles or the token itself are gone: opening it anew may help.
LOST: Final = (
    p11.SessionHandleInvalid,
    p11.SessionClosed,
    p11.UserNotLoggedIn,
    p11.ObjectHandleInvalid,
    p11.KeyHandleInvalid,
    p11.NoSuchKey,
    p11.DeviceRemoved,
    p11.DeviceError,
    p11.TokenNotPresent,
    p11.TokenNotRecognised,
    p11.SlotIDInvalid,
    p11.GeneralError,
    p11.FunctionFailed,
)
# The token heard a PIN and did not take it.
PIN_REFUSED: Final = (p11.PinIncorrect, p11.PinInvalid, p11.PinLenRange)
WORDS: Final[dict[type[pkcs11.PKCS11Error], str]] = {
    **dict.fromkeys(
        PIN_REFUSED,
        "refused the PIN. This process does not try that PIN again, so that the token does not "
        "lock: put the right one where the signer reads it (`guichet doctor keystore` says where)",
    ),
    p11.PinLocked: (
        "has locked its PIN. No PIN is tried any more: have its security officer set one anew "
        "with the vendor's tool, then restart the signer"
    ),
    p11.PinExpired: (
        "wants a new PIN: the one given is over. Change it with the vendor's tool, put the new "
        "one where the signer reads it, restart the signer"
    ),
    p11.UserPinNotInitialized: (
        "has no user PIN yet: have its security officer set one with the vendor's tool"
    ),
    p11.NoSuchKey: (
        "holds no private key under this label: correct GUICHET_KEYSTORE if it is another token, "
        "or restore the key from the token's own backup"
    ),
    p11.DeviceMemory: (
        "is full: no key can be made in it before another is destroyed or it is extended"
    ),
    p11.SessionCount: (
        "has no session left: end other programs that use it, or raise its limit of sessions"
    ),
    p11.TokenWriteProtected: "is write-protected: no key can be made in it",
    p11.MechanismInvalid: (
        "does not offer what this key algorithm needs: choose another algorithm, or allow it in "
        "the settings of the token"
    ),
    p11.KeySizeRange: "does not make or use keys of this size: choose another algorithm",
    p11.DomainParamsInvalid: "does not know this curve: choose another algorithm",
}
GONE: Final = (
    "does not answer. Check that it is there and reachable (power, cable, network, the vendor's "
    "service) and that this user may use it; work goes on by itself once it is back"
)


def is_lost(error: pkcs11.PKCS11Error) -> bool:
    """Whether opening the token anew may help. An error of a vendor's own number may be that."""
    return isinstance(error, LOST) or type(error) is pkcs11.PKCS11Error


def explained(token: str, error: pkcs11.PKCS11Error) -> KeystoreError:
    """The error in words; its PKCS#11 name stands behind, for the vendor's support."""
    words = WORDS.get(type(error)) or (GONE if is_lost(error) else "could not do what was asked")
    detail = f"{type(error).__name__} {error}".strip()
    return KeystoreError(f"The token ({token}) {words} [{detail}]")
