"""The ceremony: every authority once, roots first; a run that was cut goes on."""

import pytest
from cryptography import x509

from apps.conftest import NOW, PKI_BASE
from guichet.authority import hierarchy, queries
from guichet.authority.models import Certificate, CertificationAuthority
from guichet.authority.signing import SigningFaultError
from guichet.domain.catalogue import authorities
from guichet.journal import queries as journal
from guichet.keystore import Keystore, KeystoreError, SigningKey
from guichet.keystore.protocol import PublicKey
from guichet.x509 import lints


def test_every_authority_is_made(authority_keys: Keystore, db: None) -> None:
    """Each after the one that signs it; clean, of its name, told."""
    said: list[str] = []
    made = hierarchy.create(authority_keys, pki_base=PKI_BASE, at=NOW, progress=said.append)
    assert list(made) == said == [spec.code for spec in authorities.specs()]
    found = {authority.code: authority for authority in queries.authorities()}
    for spec in authorities.specs():
        own = x509.load_der_x509_certificate(found[spec.code].certificate_der)
        issuer = found[spec.parent or spec.code].certificate_der
        own.verify_directly_issued_by(x509.load_der_x509_certificate(issuer))
        assert lints.lint_certificate(found[spec.code].certificate_der) == ()
        limits = own.extensions.get_extension_for_class(x509.BasicConstraints)
        assert (limits.critical, limits.value.ca) == (True, True)
        assert limits.value.path_length == spec.path_len
        (entry,) = journal.entries_about(f"authority:{spec.code}")
        assert entry.event == "authority-created"
    serials = Certificate.objects.values_list("serial_hex", flat=True)
    assert len(set(serials)) == len(found)


def test_made_again_it_changes_nothing(authority_keys: Keystore, hierarchy_made: None) -> None:
    before = queries.authorities()
    assert hierarchy.create(authority_keys, pki_base=PKI_BASE, at=NOW) == ()
    assert queries.authorities() == before


class Interrupted(Exception):  # noqa: N818 a test's own
    """The power went."""


class Cut:
    """A keystore that loses power when the certificate of one authority is to be signed."""

    def __init__(self, keys: Keystore, at: str) -> None:
        self._keys, self._at, self._asked = keys, at, 0

    def generate(self, label: str, algorithm: str) -> PublicKey:
        raise KeystoreError(f"{label} exists")

    def labels(self) -> frozenset[str]:
        return self._keys.labels()

    def public_key(self, label: str) -> PublicKey:
        return self._keys.public_key(label)

    def destroy(self, label: str) -> None:
        raise KeystoreError(f"{label} stays")

    def signing_key(self, label: str) -> SigningKey:
        if label == self._at:
            raise Interrupted
        return self._keys.signing_key(label)


def test_a_run_that_was_cut_goes_on(authority_keys: Keystore, db: None) -> None:
    """The keys made are used; nothing half made is kept."""
    with pytest.raises(Interrupted):
        hierarchy.create(Cut(authority_keys, "ACI-EL-PP-TEST"), pki_base=PKI_BASE, at=NOW)
    made = [authority.code for authority in queries.authorities()]
    assert made
    assert "ACI-EL-PP-TEST" not in made
    assert Certificate.objects.count() == len(made)
    rest = hierarchy.create(authority_keys, pki_base=PKI_BASE, at=NOW)
    assert {*made, *rest} == {spec.code for spec in authorities.specs()}
    assert len(made) + len(rest) == CertificationAuthority.objects.count()


class Swapped(Cut):
    """A keystore whose root key is not the root's any more once the root is made."""

    def signing_key(self, label: str) -> SigningKey:
        other = "ACR-FO-TEST" if label == self._at and self._asked else label
        self._asked += label == self._at
        return self._keys.signing_key(other)


def test_a_key_that_is_not_the_issuers(authority_keys: Keystore, db: None) -> None:
    """REFUSED before it is stored: the signature would not verify."""
    with pytest.raises(SigningFaultError, match="does not verify"):
        hierarchy.create(Swapped(authority_keys, "ACR-EL-TEST"), pki_base=PKI_BASE, at=NOW)
    assert [authority.code for authority in queries.authorities()] == ["ACR-EL-TEST"]
