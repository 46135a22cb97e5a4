"""Ways an e-mail leaves: a Maildir folder (demo) or an SMTP server (GUICHET_EMAIL_URL)."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from mailbox import Maildir
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import SplitResult, unquote, urlsplit

SMTP_TIMEOUT_SECONDS: Final = 10.0
REFUSED: Final = "refused: "


class TransportUnavailable(Exception):  # noqa: N818 a state of the way, not of the message
    """Nothing can be sent now; the message itself is not in question."""


class MessageRejected(Exception):  # noqa: N818 the answer of the server
    """This message will never be accepted (SMTP 5xx)."""


class MessageDelayed(Exception):  # noqa: N818 the answer of the server
    """This message was not accepted now (SMTP 4xx)."""


class Transport(Protocol):
    """An open way out."""

    def send(self, message: EmailMessage) -> str:
        """Hand the message over; returns a remark, empty when every recipient was accepted.

        Raises TransportUnavailable, MessageRejected, MessageDelayed.
        """


class MailboxTransport:
    """Writes each message into a Maildir folder that the demo and the tests read."""

    def __init__(self, folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._maildir = Maildir(folder, create=True)

    def send(self, message: EmailMessage) -> str:
        """Store the message. Raises TransportUnavailable when the folder cannot be written."""
        try:
            self._maildir.add(message)
        except OSError as error:
            raise TransportUnavailable(f"mailbox: {error}") from error
        return ""


class SmtpTransport:
    """One connection to an SMTP server, used for a whole batch."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        self._connection = connection

    def send(self, message: EmailMessage) -> str:
        """Hand over to the server; recipients refused beside accepted ones are the remark."""
        try:
            refused = self._connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            raise _answer(min(codes), "every recipient refused") from error
        except smtplib.SMTPServerDisconnected as error:
            raise TransportUnavailable(f"SMTP: {error}") from error
        except smtplib.SMTPResponseException as error:
            raise _answer(error.smtp_code, _printable(error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise TransportUnavailable(f"SMTP: {error}") from error
        return f"{REFUSED}{', '.join(sorted(refused))}" if refused else ""


def refused_of(remark: str) -> tuple[str, ...]:
    """The recipients that a remark of `send` says were refused beside accepted ones."""
    return tuple(remark.removeprefix(REFUSED).split(", ")) if remark.startswith(REFUSED) else ()


@contextmanager
def open_transport(url: str) -> Iterator[Transport]:
    """Open `mailbox:<folder>`, `smtp://[user:password@]host[:port]` or `smtps://…`.

    smtp: turns TLS on whenever the server offers it and never sends a password without it.
    Raises TransportUnavailable; ValueError on another scheme, or a port that is none.
    """
    parts = urlsplit(url)
    if parts.scheme == "mailbox":
        yield MailboxTransport(Path(url.removeprefix("mailbox:")))
        return
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("GUICHET_EMAIL_URL: mailbox:<folder>, smtp://… or smtps://…")
    connection = _connect(parts)
    try:
        yield SmtpTransport(connection)
    finally:
        connection.close()


def _connect(parts: SplitResult) -> smtplib.SMTP:
    """A connection that is secured and logged in, or closed. Raises TransportUnavailable."""
    context, host = ssl.create_default_context(), parts.hostname or ""
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # Debian's Python leaves it to OpenSSL
    try:
        with ExitStack() as unless_ready:
            if parts.scheme == "smtps":
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, parts.port or 465, timeout=SMTP_TIMEOUT_SECONDS, context=context
                )
                unless_ready.callback(connection.close)
            else:
                connection = smtplib.SMTP(host, parts.port or 587, timeout=SMTP_TIMEOUT_SECONDS)
                unless_ready.callback(connection.close)
                _secure(connection, context, has_password=bool(parts.username))
            if parts.username:
                connection.login(unquote(parts.username), unquote(parts.password or ""))
            unless_ready.pop_all()
    except (smtplib.SMTPException, OSError) as error:
        raise TransportUnavailable(f"SMTP: {error}") from error
    return connection


def _secure(connection: smtplib.SMTP, context: ssl.SSLContext, *, has_password: bool) -> None:
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=context)
    elif has_password:
        raise TransportUnavailable("SMTP: no TLS offered, password not sent")


def _answer(code: int, text: str) -> MessageRejected | MessageDelayed:
    """RFC 5321 §4.2.1: 5yz is permanent, 4yz is worth another try."""
    kind = MessageRejected if code >= 500 else MessageDelayed
    return kind(f"SMTP {code}: {text}")


def _printable(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
