"""What every answer tells browsers besides the CSP: features we never use, and who may embed it.

Cross-Origin-Embedder-Policy is left out: the CSP lets nothing of another origin in, and no page
needs the isolation (shared memory) that it would buy.
"""

from collections.abc import Iterable
from typing import Final

from django.http import HttpRequest

from guichet.web.middleware_types import GetResponse, Response

# W3C Permissions Policy: what a script that got in could still not turn on.
FEATURES: Final = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
PAGE: Final = "text/html"
HEADERS: Final = {"Cross-Origin-Resource-Policy": "same-origin"}
# Of documents alone: elsewhere it says nothing, and a small client of EST reads only so many octets
# of headers.
OF_PAGES: Final = {"Permissions-Policy": ", ".join(f"{name}=()" for name in FEATURES)}


class BrowserRulesMiddleware:
    """Adds them to every answer, static files and refusals too; stands before WhiteNoise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Response:
        """A view that says otherwise is left its own."""
        response = self.get_response(request)
        for name, value in _missing(response):
            response[name] = value
        return response


def _missing(response: Response) -> Iterable[tuple[str, str]]:
    is_page = response.get("Content-Type", "").startswith(PAGE)
    wanted = {**HEADERS, **(OF_PAGES if is_page else {})}
    return [(name, value) for name, value in wanted.items() if not response.has_header(name)]
