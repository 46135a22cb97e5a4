"""Every sentence that people read; the words themselves stand in words/fr.toml and en.toml."""

import os
import tomllib
from enum import Enum, auto
from functools import cache
from importlib import resources
from typing import Any, Final

VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
LANGUAGES: Final = ("fr", "en")


def language() -> str:
    """What the first of the usual variables that is set says: "fr" or "en"."""
    told = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    return "fr" if told.lower().startswith("fr") else "en"


@cache
def words(of: str) -> dict[str, str]:
    """The sentences of one language, by name."""
    text = resources.files("guichet_client").joinpath("words", f"{of}.toml").read_text("utf-8")
    return {name: str(sentence) for name, sentence in tomllib.loads(text).items()}


class Say(Enum):
    """A sentence by its name."""

    # What the settings lack
    NO_FILE = auto()
    BAD_FILE = auto()
    BAD_SETTINGS = auto()
    NAME_SHAPE = auto()
    NOTHING_CONFIGURED = auto()
    KEY_MISSING = auto()
    KEY_TYPE = auto()
    KEY_CHOICE = auto()
    KEY_RANGE = auto()
    KEY_ABSOLUTE = auto()
    KEY_UNKNOWN = auto()
    KEY_NEAR = auto()
    ADDRESS_SHAPE = auto()
    PROFILE_SHAPE = auto()
    LISTEN_SHAPE = auto()
    DNS_HOOK_MISSING = auto()
    REST_NEEDS = auto()
    REST_CREDENTIALS = auto()
    CERTIFICATE_AND_KEY = auto()
    TOKEN_SHAPE = auto()
    TOKEN_AND_EST = auto()
    TOKEN_STAYS = auto()
    EAB_MISSING = auto()
    EAB_UNREADABLE = auto()
    EST_CREDENTIALS = auto()
    EST_EXPIRED = auto()
    NO_DIRECTORY = auto()

    # What the server says
    AWAY = auto()
    TLS_FAILED = auto()
    NO_TRUST = auto()
    CANNOT_USE = auto()
    SERVER_BUSY = auto()
    NOT_KNOWN = auto()
    REFUSED = auto()
    ACME_REFUSED = auto()
    CONFLICT = auto()
    REDIRECTED = auto()
    NOT_ACME = auto()
    NO_CHALLENGE = auto()
    NOT_PKCS7 = auto()
    NOT_OUR_KEY = auto()
    PRODUCT_UNKNOWN = auto()
    ORDER_ENDED = auto()
    WAITING = auto()

    # Files, tokens, other programs
    CANNOT_READ = auto()
    CANNOT_WRITE = auto()
    SYSTEM_REFUSED = auto()
    CANNOT_CHOWN = auto()
    SECRET_OPEN = auto()
    KEY_UNREADABLE = auto()
    NO_WEBROOT = auto()
    CANNOT_LISTEN = auto()
    NO_PKCS11 = auto()
    NO_MODULE = auto()
    TOKEN_FAILED = auto()
    PASSWORD_SHORT = auto()
    PASSWORD_ASCII = auto()
    NO_KEYTOOL = auto()
    KEYTOOL_FAILED = auto()
    PROGRAM_MISSING = auto()
    HOOK_FAILED = auto()
    HOOK_STATUS = auto()
    PUT_BACK = auto()
    NO_SYSTEMD = auto()
    NO_UNIT_FOLDER = auto()
    BUSY = auto()

    # What was done
    ENROLLED = auto()
    RENEWED = auto()
    INSTALLED = auto()
    KEPT = auto()
    NOT_DUE = auto()
    WHY = auto()
    REVOKED = auto()
    ABSENT = auto()
    PENDING = auto()
    EXPORTED = auto()
    TIMER_WRITTEN = auto()
    TIMER_STARTED = auto()

    # What would be done
    REACHED = auto()
    REACHED_EST = auto()
    WOULD_ENROL = auto()
    WOULD_RENEW = auto()
    WOULD_REVOKE = auto()
    WOULD_EXPORT = auto()

    # How it stands
    IS_GOOD = auto()
    IS_LATE = auto()
    IS_EXPIRED = auto()
    IS_REVOKED = auto()
    HOOKS_DUE = auto()
    LAST_ERROR = auto()

    # Asked on the terminal
    CONFIRM = auto()
    NOT_CONFIRMED = auto()
    NAME_OR_ALL = auto()

    # Help
    HELP = auto()
    HELP_CONFIG = auto()
    HELP_STATE = auto()
    HELP_JSON = auto()
    HELP_DRY_RUN = auto()
    HELP_VERBOSE = auto()
    HELP_ENROL = auto()
    HELP_RENEW = auto()
    HELP_STATUS = auto()
    HELP_REVOKE = auto()
    HELP_EXPORT = auto()
    HELP_TIMER = auto()
    HELP_FORCE_ENROL = auto()
    HELP_FORCE_RENEW = auto()
    HELP_ALL = auto()
    HELP_JITTER = auto()
    HELP_YES = auto()
    HELP_PASSWORD = auto()
    HELP_NO_START = auto()

    def text(self, **facts: Any) -> str:
        """The sentence in the reader’s language, with its facts."""
        return words(language())[self.name].format(**facts)
