"""What a request should hold, told to clients before they make it (RFC 7030 §4.5, RFC 9908).

Clients of RFC 9908 read the template and ignore the rest; older ones read the extension request.
No key is asked of any kind: the profile accepts several, and the answer could only name one.
"""

from typing import Final

from guichet.domain.est.labels import Label
from guichet.x509 import der, names

EXTENSION_REQUEST: Final = "1.2.840.113549.1.9.14"
TEMPLATE: Final = "1.2.840.113549.1.9.16.2.61"  # id-aa-certificationRequestInfoTemplate
EXTENSION_TEMPLATE: Final = "1.2.840.113549.1.9.16.2.62"  # id-aa-extensionReqTemplate
ALTERNATIVE_NAMES: Final = "2.5.29.17"
EXTENDED_KEY_USAGE: Final = "2.5.29.37"
SET: Final = 0x31
GENERAL_NAMES: Final = {
    "dns": der.context(2, constructed=False),
    "email": der.context(1, constructed=False),
}


def csr_attributes(label: Label) -> bytes:
    """The CsrAttrs of a label, DER: its extended key usage, and a template of the request."""
    usage = der.extension(EXTENDED_KEY_USAGE, _usages(label))
    return der.sequence(
        _attribute(EXTENSION_REQUEST, der.sequence(usage)),
        _attribute(TEMPLATE, _template(label, usage)),
    )


def _template(label: Label, usage: bytes) -> bytes:
    """CertificationRequestInfoTemplate (RFC 9908 §3.4): what is left out is for the client."""
    san = label.profile.san
    if san == "none":
        attribute = _attribute(EXTENSION_REQUEST, der.sequence(usage))
    elif label.name and label.name.isascii():
        name = der.tlv(GENERAL_NAMES[san], label.name.encode())
        extension = der.extension(ALTERNATIVE_NAMES, der.sequence(name))
        attribute = _attribute(EXTENSION_REQUEST, der.sequence(usage, extension))
    else:
        to_fill = der.sequence(der.oid(ALTERNATIVE_NAMES))
        attribute = _attribute(EXTENSION_TEMPLATE, der.sequence(usage, to_fill))
    return der.sequence(der.integer(0), _subject(label), der.tlv(der.context(1), attribute))


def _subject(label: Label) -> bytes:
    value = der.tlv(der.UTF8_STRING, label.name.encode()) if label.name else b""
    return der.sequence(der.tlv(SET, der.sequence(der.oid(names.COMMON_NAME), value)))


def _usages(label: Label) -> bytes:
    return der.sequence(*map(der.oid, label.profile.extended_key_usage))


def _attribute(kind: str, value: bytes) -> bytes:
    return der.sequence(der.oid(kind), der.tlv(SET, value))
