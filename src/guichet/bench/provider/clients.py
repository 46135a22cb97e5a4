"""A service as authlib asks about a client, and what its call says of it."""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote_plus

from authlib.integrations.django_oauth2.requests import DjangoOAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin
from django.http import HttpRequest

from guichet.bench.provider.associations import Service
from guichet.bench.provider.judgement import Credentials
from guichet.identities.peer import PeerTls, peer_of

SCOPES: Final = ("openid", "profile", "scope_all", "offline_access")
GRANTS: Final = ("authorization_code", "refresh_token")
METHOD: Final = "tls_client_auth"


class Client(ClientMixin):  # type: ignore[misc]
    """Every service may do the same: the code flow, with its certificate."""

    def __init__(self, service: Service) -> None:
        self.service = service

    @property
    def client_metadata(self) -> Mapping[str, Any]:
        """Registered addresses, as logout asks for them."""
        return {"post_logout_redirect_uris": list(self.service.post_logout_redirect_uris)}

    def get_client_id(self) -> str:
        """The client_id."""
        return self.service.client_id

    def get_default_redirect_uri(self) -> None:
        """None: OpenID Connect Core §3.1.2.1 wants it in the request."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """What is asked and known, in the order asked."""
        return " ".join(name for name in (scope or "").split() if name in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Registered, character for character (RFC 9700 §2.1)."""
        return redirect_uri in self.service.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Never asked: a secret alone opens nothing (EXI_PSC_24)."""
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """By certificate, everywhere."""
        return method == METHOD

    def check_response_type(self, response_type: str) -> bool:
        """Code flow alone."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """A code, or what refreshes."""
        return grant_type in GRANTS


class PeerRequest(DjangoOAuth2Request):  # type: ignore[misc]
    """A request as authlib reads it, and the TLS peer it came from. `at` is when it came."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.peer: PeerTls | None = peer_of(request)
        self.at: datetime = request.received_at  # type: ignore[attr-defined]

    @property
    def credentials(self) -> Credentials:
        """From the header (RFC 6749 §2.3.1) or the body.

        A secret in the address is in every log on the way, and a browser says where it comes from:
        neither is "kept on a server" (EXI_PSC_22).
        """
        header_id, header_secret = _basic(self.headers.get("Authorization", ""))
        return Credentials(
            client_id=header_id or self.form.get("client_id", ""),
            secret=header_secret or self.form.get("client_secret", ""),
            is_exposed="client_secret" in self.args or "Origin" in self.headers,
        )


def _basic(header: str) -> tuple[str, str]:
    """Identifier and secret of a header, form-decoded; empty where it holds no such thing."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    name, _, secret = text.partition(":")
    return unquote_plus(name), unquote_plus(secret)
