"""OCSP requests that cryptography cannot build."""

from guichet.x509 import der


def request_of_several(*requests: bytes) -> bytes:
    """One request for the certificates of several, with the extensions of the last.

    cryptography cannot build it.
    """
    fields = [der.single(request).children()[0].children() for request in requests]
    listed = (found[0].children()[0].encoding for found in fields)
    extensions = (found.encoding for found in fields[-1][1:])
    return der.sequence(der.sequence(der.sequence(*listed), *extensions))
