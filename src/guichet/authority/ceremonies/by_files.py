"""Authorities whose issuer is on another machine: request, answer, response; standard PEM files.

The request is a PKCS#10 signed by the new key; the answer is a certificate with its chain. Both
can be read, or made, by other software.
"""

from typing import Final

from django.db import transaction

from guichet.authority import authority_keys, issuers, lives
from guichet.authority.ceremonies import foreign, making
from guichet.authority.ceremonies.acts import (
    Ceremony,
    CeremonyError,
    Made,
    find,
    get,
    require_clear,
    require_next,
    require_of_series,
)
from guichet.authority.models import Certificate, CertificationAuthority, CrossCertificate
from guichet.authority.signing import new_serial, sign
from guichet.domain.catalogue.authorities import AuthoritySpec
from guichet.domain.certificates.authority_states import AuthorityState, Work
from guichet.domain.certificates.plan import AuthorityFacts, authority_plan
from guichet.domain.certificates.states import CertificateState
from guichet.journal.events import Event
from guichet.x509 import bundles, certificate, keys, names, request
from guichet.x509 import csr as requests
from guichet.x509.csr import Csr
from guichet.x509.errors import Unreadable

REQUEST: Final = "CERTIFICATE REQUEST"


def request_certificate(ceremony: Ceremony, spec: AuthoritySpec, code: str) -> bytes:
    """Make the key of an authority here and a request for its certificate: PKCS#10, PEM.

    `code` is that of the generation that comes next, or of one that is here, to be certified by
    another issuer too. Safe to repeat: the key is made once. Raises CeremonyError, KeystoreError.
    """
    require_clear()
    require_of_series(spec, code)
    known = find(code)
    if known is None:
        require_next(spec, code)
    elif known.key_label not in ceremony.keystore.labels():
        raise CeremonyError(f"the key of {code} is not here: make the request where it is")
    key = ceremony.key(code, spec)
    pem = bundles.pem(request.build(spec.name, key), REQUEST).encode()
    facts = {"key": keys.facts_of_spki(keys.public_half(key.key)).spki_sha256}
    with transaction.atomic():
        ceremony.tell(Event.AUTHORITY_REQUEST_MADE, code, facts)
    return pem


def answer_request(ceremony: Ceremony, spec: AuthoritySpec, issuer: str, pem: bytes) -> bytes:
    """Sign a request where the issuer's key is: the certificate then its chain up, PEM.

    It says what an authority of this name says; of the request, the key alone is taken. A request
    answered before is given the same certificate. Raises CeremonyError, KeystoreError,
    SigningFaultError.
    """
    require_clear()
    above, asked = get(issuer), _read(pem)
    if not issuers.permits(above, Work.AUTHORITIES):
        raise CeremonyError(f"{issuer} does not sign authorities here: it is {above.state}")
    if names.to_der(asked.subject) != names.to_der(spec.name):
        raise CeremonyError(f"the request is not for {spec.code}")
    if asked.key.name != spec.algorithm:
        raise CeremonyError(f"the request's key is {asked.key.name}, not {spec.algorithm}")
    der = _answered(above, asked) or _answer(ceremony, spec, above, asked)
    return bundles.pem_chain([der, *_chain(above)]).encode()


def _read(pem: bytes) -> Csr:
    try:
        found = requests.read(pem)
    except Unreadable as error:
        raise CeremonyError(f"the file holds no request that can be read: {error}") from error
    if not found.signature_valid:
        raise CeremonyError("the request is not signed by the key that it carries")
    return found


def _answered(above: CertificationAuthority, asked: Csr) -> bytes | None:
    rows = Certificate.objects.filter(
        authority=above,
        spki_sha256=asked.key.spki_sha256,
        profile=lives.AUTHORITY,
        state=CertificateState.VALID.value,
    )
    found = rows.values_list("der", flat=True).first()
    return bytes(found) if found is not None else None


def _answer(
    ceremony: Ceremony, spec: AuthoritySpec, above: CertificationAuthority, asked: Csr
) -> bytes:
    facts = AuthorityFacts(above.code, bytes(above.der), has_responder=False)
    urls, spki = ceremony.urls, asked.key.spki_der
    planned = authority_plan(spec, spki, facts, new_serial(), ceremony.at, urls)
    key = authority_keys.key_of(above, ceremony.keystore)
    der = sign(planned, key, bytes(above.der), ceremony.rehearsal)
    told = Made.of(spec.code, der)
    with transaction.atomic():
        making.keep(ceremony, above, der)
        facts_told = {"issuer": above.code, "serial": told.serial_hex, "key": told.key_sha256}
        ceremony.tell(Event.AUTHORITY_REQUEST_ANSWERED, spec.code, facts_told)
    return der


def _chain(row: CertificationAuthority | None) -> list[bytes]:
    return [bytes(row.der), *_chain(row.parent)] if row else []


def install_root(ceremony: Ceremony, spec: AuthoritySpec, code: str, data: bytes) -> Made:
    """Install the certificate of a root whose key is elsewhere: it signs by files.

    Whoever calls has compared its digest with what the ceremony of the root said. Raises
    CeremonyError.
    """
    require_clear()
    require_of_series(spec, code)
    der = foreign.read(data)[0]
    if known := find(code):
        return _same(known, der)
    require_next(spec, code)
    if not spec.is_root:
        raise CeremonyError(f"{spec.code} is no root: install a response")
    if code in ceremony.keystore.labels():
        raise CeremonyError(f"the key {code} is here: create the root, it is not offline")
    foreign.require_fit(ceremony, spec, der, None)
    return making.store(
        ceremony,
        making.Certified(
            code=code,
            parent=None,
            der=der,
            state=AuthorityState.OFFLINE,
            retires=False,
            by_file=True,
        ),
    )


def install_response(ceremony: Ceremony, spec: AuthoritySpec, code: str, data: bytes) -> Made:
    """Install what an issuer elsewhere signed for a key that is here, once all of it is checked.

    It makes a new authority, a new generation, which replaces those before it, or, for one that
    is here, a certificate by another issuer too. Raises CeremonyError, KeystoreError.
    """
    require_clear()
    require_of_series(spec, code)
    der = foreign.read(data)[0]
    _require_ours(ceremony, code, der)
    above = _issuer(der)
    known = find(code)
    if known is not None and bytes(known.der) == der:
        return Made.of(code, der, is_new=False)
    foreign.require_fit(ceremony, spec, der, bytes(above.der))
    if known is not None:
        return _cross(ceremony, known, above, der)
    require_next(spec, code)
    if above.series != spec.parent:
        raise CeremonyError(f"{code} is signed by {above.code}, not by {spec.parent}")
    made = making.Certified(code=code, parent=above, der=der, by_file=True)
    return making.store(ceremony, made)


def _cross(
    ceremony: Ceremony, known: CertificationAuthority, above: CertificationAuthority, der: bytes
) -> Made:
    """For the key of an authority that is here, by an issuer that is not its own."""
    if crossed := CrossCertificate.objects.filter(authority=known, issuer=above).first():
        held = bytes(crossed.certificate.der)
        if held != der:
            raise CeremonyError(f"{known.code} has another certificate by {above.code} already")
        return Made.of(known.code, held, is_new=False)
    making.require_crossable(known, above)
    return making.store_cross(ceremony, known, above, der)


def _require_ours(ceremony: Ceremony, code: str, der: bytes) -> None:
    if code not in ceremony.keystore.labels():
        raise CeremonyError(f"no key {code} here: the response answers another machine's request")
    if keys.public_half(ceremony.keystore.signing_key(code)) != certificate.spki_der(der):
        raise CeremonyError(f"the certificate is not for the key {code} of this machine")


def _issuer(der: bytes) -> CertificationAuthority:
    rows = CertificationAuthority.objects.order_by("-pk")
    found = next((row for row in rows if certificate.is_signed_by(der, bytes(row.der))), None)
    if found is None:
        name = certificate.load(der).issuer.rfc4514_string()
        raise CeremonyError(f"its issuer is not here: install {name} first")
    return found


def _same(known: CertificationAuthority, der: bytes) -> Made:
    if bytes(known.der) != der:
        raise CeremonyError(f"{known.code} is here with another certificate")
    return Made.of(known.code, der, is_new=False)
