"""HTTPS to the server: who is trusted, how long one waits, what its refusals say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

import requests
from requests.utils import get_environ_proxies

from guichet_client import __version__
from guichet_client.clock import Clock
from guichet_client.errors import ClientError, Exit
from guichet_client.wording import Say, language

USER_AGENT: Final = f"guichet-client/{__version__}"
TIMEOUT_S: Final = 45
RETRY_AFTER_DEFAULT_S: Final = 5
ANSWER_AT_MOST: Final = 1_000_000
# The roots of the machine, where an administrator puts those of the house; requests has its own.
SYSTEM_ROOTS: Final = (
    Path("/etc/ssl/certs/ca-certificates.crt"),
    Path("/etc/pki/tls/certs/ca-bundle.crt"),
    Path("/etc/ssl/ca-bundle.pem"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response whose status was awaited."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is sent: JSON in `json`, or bytes in `body`; `statuses` are those awaited."""

    method: str
    url: str
    json: Any = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (200,)


class Transport:
    """Calls with one identity: a client certificate, a name and password, or a token."""

    def __init__(self, trust: Path | None) -> None:
        self.verify = trusted(trust)
        self.session = requests.Session()
        # No password of a .netrc file goes where only ours should.
        self.session.trust_env = False
        self.session.headers.update({"User-Agent": USER_AGENT, "Accept-Language": language()})

    def present(self, certificate: Path, key: Path) -> None:
        """Show a client certificate (fullchain) from now on."""
        self.session.cert = (str(certificate), str(key))

    def send(self, call: Call) -> Answer:
        """Send. Raises ClientError: LATER, REFUSED, CONFIGURATION (nobody we trust answers)."""
        with explaining(call.url):
            sent = self.session.request(
                call.method,
                call.url,
                json=call.json,
                data=call.body,
                headers=dict(call.headers),
                verify=self.verify,
                proxies=get_environ_proxies(call.url),
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        if sent.status_code not in call.statuses:
            raise refusal(call.url, sent)
        return Answer(sent.status_code, sent.content, sent.headers, _json(sent))


class explaining:  # noqa: N801 reads as a verb where it is used
    """Turns what a connection fails by into words that say what to do."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, requests.exceptions.SSLError):
            raise ClientError(
                Exit.CONFIGURATION, Say.TLS_FAILED, url=self._url, error=_reason(error)
            ) from error
        if isinstance(error, requests.exceptions.RequestException):
            raise ClientError(Exit.LATER, Say.AWAY, url=self._url, error=_reason(error)) from error
        if isinstance(error, OSError):  # requests says so of a certificate file that is not there
            raise ClientError(Exit.CONFIGURATION, Say.CANNOT_USE, error=error) from error


def _reason(error: Exception) -> object:
    """What lies under the layers of the library, when it says so."""
    within = error.args[0] if error.args else error
    return getattr(within, "reason", None) or within


def trusted(trust: Path | None) -> str | bool:
    """The file of roots: the one configured, else the machine's. Raises ClientError."""
    if trust is not None:
        if not trust.is_file():
            raise ClientError(Exit.CONFIGURATION, Say.NO_TRUST, path=trust)
        return str(trust)
    return next((str(path) for path in SYSTEM_ROOTS if path.is_file()), True)


def refusal(url: str, sent: requests.Response) -> ClientError:
    """What an unexpected status means for who reads it."""
    words, status = _words(sent), sent.status_code
    facts = {"url": url, "status": status, "words": words}
    if status in {408, 429} or status >= 500:
        return ClientError(Exit.LATER, Say.SERVER_BUSY, **facts)
    if status == 401:
        return ClientError(Exit.REFUSED, Say.NOT_KNOWN, **facts)
    if 300 <= status < 400:
        return ClientError(Exit.CONFIGURATION, Say.REDIRECTED, **facts)
    return ClientError(Exit.REFUSED, Say.REFUSED, **facts)


def retry_after(headers: Mapping[str, str], clock: Clock) -> int | None:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3), which may be a date; None when absent."""
    told = headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return int(told)
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0, int((at - clock.now()).total_seconds())) if at.tzinfo else None


def wait_for(ask: Callable[[], int | None], clock: Clock, patience_s: int) -> bool:
    """Ask until it has an answer (None) or the patience ends; `ask` tells seconds to wait."""
    waited = 0
    while (pause := ask()) is not None:
        if waited >= patience_s:
            return False
        pause = min(max(pause, 1), max(1, patience_s - waited))
        clock.sleep(pause)
        waited += pause
    return True


def _words(sent: requests.Response) -> str:
    """What the server says of a refusal: a problem document (RFC 9457), or plain text."""
    told = _json(sent)
    said = [str(told.get(key) or "").strip() for key in ("title", "detail", "remedy")]
    objections = told.get("objections")
    for one in objections if isinstance(objections, list) else []:
        if isinstance(one, dict):
            said += [str(one.get(key) or "").strip() for key in ("title", "detail", "remedy")]
    if not any(said) and "html" not in sent.headers.get("Content-Type", ""):
        # EST tells in both languages, one paragraph each.
        said = [part.strip() for part in sent.text[:2000].split("\n\n")]
    parts = (part if part[-1] in ".!?)" else f"{part}." for part in said if part)
    return " ".join(dict.fromkeys(parts)) or (sent.reason or "")


def _json(sent: requests.Response) -> dict[str, Any]:
    if "json" not in sent.headers.get("Content-Type", "") or len(sent.content) > ANSWER_AT_MOST:
        return {}
    try:
        found = sent.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
