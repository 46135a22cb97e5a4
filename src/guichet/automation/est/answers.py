"""What EST answers: certificates only, CSR attributes, or come back later (RFC 7030, 8951)."""

import base64
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _

from guichet.web import plain
from guichet.x509 import bundles

CERTIFICATES: Final = "application/pkcs7-mime"
CERTIFICATES_ONLY: Final = f"{CERTIFICATES}; smime-type=certs-only"
ATTRIBUTES: Final = "application/csrattrs"


def certificates(ders: Sequence[bytes], content_type: str = CERTIFICATES_ONLY) -> HttpResponse:
    """A Simple PKI Response: a PKCS#7 of certificates alone (RFC 5272 §4.1)."""
    return _coded(bundles.pkcs7(ders), content_type)


def attributes(der: bytes) -> HttpResponse:
    """CsrAttrs (RFC 8951 §3.5)."""
    return _coded(der, ATTRIBUTES)


def come_back(after: timedelta, number: int) -> HttpResponse:
    """202: the same request, made again after this long, gets the certificate."""
    seconds = int(after.total_seconds())
    facts = {"number": number, "seconds": seconds}
    told = plain.told(
        202,
        lambda: (
            _(
                "La demande %(number)s est enregistrée : refaites la même requête dans "
                "%(seconds)s secondes pour recevoir le certificat."
            )
            % facts
        ),
    )
    told["Retry-After"] = str(seconds)
    return told


def _coded(der: bytes, content_type: str) -> HttpResponse:
    """Base64 without line ends (RFC 8951 §3, RFC 4648 §3.1): some clients stumble over them.

    The transfer encoding is told as RFC 7030 wants it; RFC 8951 has clients ignore it.
    """
    response = HttpResponse(base64.b64encode(der), content_type=content_type)
    response["Content-Transfer-Encoding"] = "base64"
    return response
