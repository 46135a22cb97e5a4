"""Types shared by middleware."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Response = HttpResponseBase
GetResponse = Callable[[HttpRequest], Response]
