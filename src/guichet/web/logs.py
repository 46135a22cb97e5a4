"""Log lines: JSON for programs or plain for people, each with the request it belongs to.

They hold no personal data: calls name things by their number, and what libraries and exceptions
add is swept of addresses, numbers of people and secret links. No Django here.
"""

import logging
import os
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final, cast

# structlog takes rich, and pygments with it, wherever they are found, to colour the traces of
# faults. Ours are plain: without them each process starts a tenth sooner.
_IS_RICH_KEPT_AWAY: Final = "rich" not in sys.modules
if _IS_RICH_KEPT_AWAY:
    sys.modules["rich"] = cast("ModuleType", None)
import structlog  # noqa: E402
from structlog.stdlib import ProcessorFormatter  # noqa: E402
from structlog.typing import Processor  # noqa: E402

if _IS_RICH_KEPT_AWAY:
    del sys.modules["rich"]

FORMATS: Final = ("auto", "json", "console")
LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
# RFC 9562, or nginx's $request_id; nothing that could tell of a person.
REQUEST_ID: Final = re.compile(r"[0-9a-fA-F]{8}[0-9a-fA-F-]{8,56}", re.ASCII)
SWEPT: Final = (
    (re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+\.\w+"), "…@…"),
    # SIREN, SIRET, RPPS, card and telephone numbers; digits within a hexadecimal number are none.
    (re.compile(r"(?<![0-9a-fA-F:.-])\+?\d(?:[ .]?\d){8,14}(?![0-9a-fA-F:.-])"), "…"),
    # A link that lets somebody in is a secret.
    (re.compile(r"(?<=/)[A-Za-z0-9_-]{40,}(?=/|\s|$|\?)"), "…"),
    # What PostgreSQL adds to a fault: the values of the row.
    (re.compile(r"(DETAIL:|CONTEXT:).*"), r"\1 …"),
)
OURS: Final = frozenset({"timestamp", "level", "logger", "request_id", "route"})
# sd-daemon(3): what journald reads before a line.
PRIORITIES: Final = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
EventDict = MutableMapping[str, Any]


def configuration(form: str, level: str) -> dict[str, Any]:
    """The configuration of logging, as dictConfig and Django's LOGGING take it.

    `form`: one of FORMATS; "auto" is plain on a terminal, JSON elsewhere. `level` is that of our
    own loggers; libraries tell warnings.
    """
    is_plain = form == "console" or (form == "auto" and sys.stderr.isatty())
    _prepare_structlog()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": Line,
                "foreign_pre_chain": _shared(),
                "processors": [
                    _without_address,
                    ProcessorFormatter.remove_processors_meta,
                    sweep,
                    _plain() if is_plain else structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "guichet": {"level": level},
            # The line of access tells of every answer; a fault alone is told beside it.
            "django.request": {"level": "ERROR"},
            "_granian": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }


def _plain() -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )


def _shared() -> list[Processor]:
    """What every line gets, be it written by us or by a library. No local variable is shown."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]


def _prepare_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


class Line(ProcessorFormatter):
    """One line; under systemd journald is told how much it weighs."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._is_for_journald = is_journald()

    def format(self, record: logging.LogRecord) -> str:
        """As JSON or as words."""
        line = super().format(record)
        if not self._is_for_journald:
            return line
        return f"<{PRIORITIES.get(record.levelname.lower(), 6)}>{line}"


def is_journald(descriptor: int = 2) -> bool:
    """Whether this descriptor leads to journald (systemd.exec(5), $JOURNAL_STREAM)."""
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def _without_address(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Django tells a fault by the address that was asked, which names things: its route does too.

    `request` is what Django's own records carry.
    """
    request = getattr(event.get("_record"), "request", None)
    if request is None or not hasattr(request, "resolver_match"):
        return event
    match = request.resolver_match
    event["event"] = str(event.get("event", "")).partition(": ")[0]
    event["route"] = match.route if match else "none"
    event.setdefault("request_id", getattr(request, "id", ""))
    return event


def sweep(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Take out of every text what tells of people, or lets somebody in."""
    for name, value in event.items():
        if name not in OURS and isinstance(value, str):
            event[name] = swept(value)
    return event


def swept(text: str) -> str:
    """A text without addresses, numbers of people, secret links, values of rows."""
    for pattern, instead in SWEPT:
        text = pattern.sub(instead, text)
    return text


def is_request_id(text: str) -> bool:
    """Whether a request's identifier given from outside may be kept."""
    return REQUEST_ID.fullmatch(text) is not None


@contextmanager
def within(request_id: str) -> Iterator[None]:
    """Every line written in the block names this request."""
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        yield
