"""What of the API is on its way out: one line an operation (docs/reference/rest.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.http import HttpResponse
from django.utils.http import http_date

NOTICE: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """An operation deprecated `since` an instant, gone at `sunset`; `link` says what to do."""

    since: datetime
    sunset: datetime
    link: str

    def __post_init__(self) -> None:
        if self.since.tzinfo is not UTC or self.sunset < self.since + NOTICE:
            raise ValueError("in UTC, and announced a year ahead")

    def tell(self, response: HttpResponse) -> None:
        """Write Deprecation (RFC 9745), Sunset (RFC 8594) and the link."""
        response["Deprecation"] = f"@{int(self.since.timestamp())}"
        response["Sunset"] = http_date(self.sunset.timestamp())
        response["Link"] = f'<{self.link}>; rel="deprecation"; type="text/html"'


# By the name of the view that answers.
DEPRECATED: Final[Mapping[str, Deprecation]] = {}
