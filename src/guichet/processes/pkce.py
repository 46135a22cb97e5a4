"""PKCE (RFC 7636) demanded of every client of the demo's providers: the mock does not check it."""

import secrets
from collections import OrderedDict
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import flask
from authlib.oauth2.rfc7636 import create_s256_code_challenge

AUTHORIZE: Final = "/oauth2/authorize"
TOKEN: Final = "/oauth2/token"  # noqa: S105 an address
CODES_AT_MOST: Final = 1000


class Pkce:
    """Remembers the challenge of each code it lets out, and asks its verifier, once."""

    def __init__(self) -> None:
        self._challenges: OrderedDict[str, str] = OrderedDict()

    def guard(self, app: Any) -> None:
        """Watch the authorization and token endpoints of a provider."""
        app.before_request(self.ask)
        app.after_request(self.remember)

    def ask(self) -> "flask.typing.ResponseReturnValue | None":
        """Refuse a request without challenge (4.4.1), and a code without its verifier (4.6)."""
        request = flask.request
        if request.path == AUTHORIZE:
            has_challenge = request.args.get("code_challenge")
            if not has_challenge or request.args.get("code_challenge_method") != "S256":
                return {"error": "invalid_request", "error_description": "PKCE, S256"}, 400
        if request.path == TOKEN and request.form.get("grant_type") == "authorization_code":
            expected = self._challenges.pop(request.form.get("code", ""), "")
            given = create_s256_code_challenge(request.form.get("code_verifier", ""))
            if not secrets.compare_digest(expected, given):
                return {"error": "invalid_grant"}, 400
        return None

    def remember(self, response: flask.Response) -> flask.Response:
        """Keep the challenge beside the code that goes back to the client."""
        if flask.request.path == AUTHORIZE and response.location:
            codes = parse_qs(urlsplit(response.location).query).get("code", [])
            for code in codes:
                self._challenges[code] = flask.request.args.get("code_challenge", "")
            while len(self._challenges) > CODES_AT_MOST:
                self._challenges.popitem(last=False)
        return response
