"""Nothing typed is lost: a form sent after the session has ended waits for the next login.

The fields are kept in the (new, anonymous) session under their path and given back once.
Secrets are never kept: neither by the name of their field nor, for keys, by their content. What is
encoded stays only when it reads as a certificate request, and then as that request alone.
"""

import re
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.multipartparser import MultiPartParserError

from guichet.domain.refusals import Code, Refusal
from guichet.web.middleware_types import GetResponse, Response
from guichet.web.requests import is_same_origin, prefers_json
from guichet.x509 import bundles, csr, private_keys
from guichet.x509.errors import Unreadable

SESSION_KEY: Final = "web.typed"
MAX_BYTES: Final = 64 * 1024
MAX_PATHS: Final = 5
SECRET_NAMES: Final = re.compile(
    r"password|passphrase|mot_de_passe|secret|csrf|^code|_code|^pin$", re.IGNORECASE
)
REQUEST_LABEL: Final = "CERTIFICATE REQUEST"


class LoginRequired(Refusal):
    """Raised by views that need a person who is logged in."""

    def __init__(self) -> None:
        super().__init__(Code.LOGIN_REQUIRED)


class KeepTypedInputMiddleware:
    """Sends to login whoever meets LoginRequired, keeping what a POST carried."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Response:
        """Nothing to do on the way in or out."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """A redirection to login for pages; APIs get their problem document elsewhere."""
        if not isinstance(fault, Refusal) or fault.code is not Code.LOGIN_REQUIRED:
            return None
        return None if prefers_json(request) else send_to_login(request)


def send_to_login(request: HttpRequest) -> HttpResponseRedirect:
    """Redirects to the login page, which comes back here; a POST's fields are kept."""
    keep(request)
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{query}")


def keep(request: HttpRequest) -> bool:
    """Keeps the typed fields of a POST from our own pages; True when something was kept."""
    if request.method != "POST" or not is_same_origin(request):
        return False
    if not hasattr(request, "session"):  # the bench has no sessions
        return False
    fields = _typed_fields(request)
    if not fields:
        return False
    kept = {
        path: value
        for path, value in request.session.get(SESSION_KEY, {}).items()
        if path != request.path
    }
    newest = list(kept.items())[-(MAX_PATHS - 1) :]
    request.session[SESSION_KEY] = {**dict(newest), request.path: fields}
    return True


def typed(request: HttpRequest) -> QueryDict | None:
    """What had been typed for this path before login, once; None when nothing waits."""
    waiting = dict(request.session.get(SESSION_KEY, {}))
    fields = waiting.pop(request.path, None)
    if fields is None:
        return None
    request.session[SESSION_KEY] = waiting
    answer = QueryDict(mutable=True)
    for name, values in fields:
        answer.setlist(name, values)
    answer._mutable = False  # noqa: SLF001 the documented way to close a QueryDict
    return answer


def _typed_fields(request: HttpRequest) -> list[tuple[str, list[str]]]:
    try:
        pairs = [(name, request.POST.getlist(name)) for name in request.POST]
        files = [(name, request.FILES.getlist(name)) for name in request.FILES]
    except (RequestDataTooBig, SuspiciousOperation, MultiPartParserError):
        return []
    contents = [(name, [value.encode() for value in values]) for name, values in pairs]
    contents += [(name, _contents(uploads)) for name, uploads in files]
    fields: list[tuple[str, list[str]]] = []
    room = MAX_BYTES
    for name, values in contents:
        size = len(name.encode()) + sum(map(len, values))
        if size > room or SECRET_NAMES.search(name):
            continue
        kept = [text for value in values if (text := _kept(value)) is not None]
        if kept and len(kept) == len(values):
            fields.append((name, kept))
            room -= size
    return fields


def _contents(uploads: "list[UploadedFile[bytes]]") -> list[bytes]:
    found = []
    for upload in uploads:
        if upload.size is None or upload.size > MAX_BYTES:
            continue
        upload.seek(0)
        found.append(upload.read())
    return found


def _kept(value: bytes) -> str | None:
    """The request that the value is, or the value where nothing in it could be a key."""
    try:
        return bundles.pem(csr.read(value).der, REQUEST_LABEL)
    except Unreadable:
        pass
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return None
    return None if private_keys.may_be_in(text) else text
