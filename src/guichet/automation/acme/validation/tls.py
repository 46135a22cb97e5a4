"""tls-alpn-01: a certificate shown during a handshake with the name (RFC 8737)."""

import socket
import ssl
from typing import Final

from django.conf import settings

from guichet.automation.acme.validation.connecting import Deadline, connect
from guichet.automation.acme.validation.errors import unproved
from guichet.domain.acme.answers import ALPN, judge_certificate
from guichet.domain.acme.flaws import Cause, flaw

REFUSED_PROTOCOL: Final = "TLSV1_ALERT_NO_APPLICATION_PROTOCOL"


def check(name: str, token: str, key_authorization: str) -> None:
    """Return when the name shows the certificate wanted. Raises Unproved. `token` is not shown."""
    deadline = Deadline.soon()
    with connect(name, settings.GUICHET.acme_tls_port, deadline) as plain:
        shown = _shown(plain, name, deadline)
    if found := judge_certificate(name, shown, key_authorization):
        raise unproved(found)


def _shown(plain: socket.socket, name: str, deadline: Deadline) -> bytes:
    """The certificate shown, DER. Nothing else is verified: it is the client's own, made for us."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # judges nothing: no root is read
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8737 3
    context.set_alpn_protocols([ALPN])
    address = plain.getpeername()[0]
    try:
        plain.settimeout(deadline.left())
        with context.wrap_socket(plain, server_hostname=name) as secured:
            protocol, der = secured.selected_alpn_protocol(), secured.getpeercert(binary_form=True)
    except OSError as error:
        is_protocol = getattr(error, "reason", "") == REFUSED_PROTOCOL
        cause = Cause.PROTOCOL if is_protocol else Cause.HANDSHAKE
        raise unproved(flaw(cause, name=name, address=address)) from error
    if protocol != ALPN or der is None:
        raise unproved(flaw(Cause.PROTOCOL, name=name))
    return der
