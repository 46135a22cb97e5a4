"""Certificates that the real signer issued, as OpenSSL, GnuTLS and Python's verifier judge them.

Every profile, with RSA and elliptic curve keys: for what each is meant, and for nothing else.
"""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku
from django.utils import timezone

from apps.authority.asking import asked
from apps.conftest import PKI_BASE
from guichet.authority import crls, hierarchy, operations, queries
from guichet.authority.queries import IssuedCertificate
from guichet.authority.signer import Signer
from guichet.domain.catalogue import profiles
from guichet.keystore import Keystore
from guichet.x509 import bundles
from guichet.x509.crl import Reason
from kit.kept_rows import KEPT
from kit.pki import fresh_key, kept_key

PROFILES = [p.code for p in profiles.every() if p.validity_minutes is None]
ORDERABLE = [profile.code for profile in profiles.orderable()]
KEYS = ["rsa-2048", "p-256"]
CA = "ACI-EL-ORG-TEST"
BEGAN = timezone.now() - timedelta(hours=1)
PURPOSES = {
    Eku.CLIENT_AUTH: ["sslclient"],
    Eku.SERVER_AUTH: ["sslserver"],
    Eku.EMAIL_PROTECTION: ["smimesign", "smimeencrypt"],
    Eku.OCSP_SIGNING: ["ocsphelper"],
    x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"): ["any"],  # documentSigning (RFC 9336)
}
Issue = Callable[..., "Issued"]


@dataclass(frozen=True)
class Issued:
    """A certificate and the files that verifiers want."""

    certificate: IssuedCertificate
    folder: Path

    def runs(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)


@pytest.fixture
def issue(db: None, authority_keys: Keystore, tmp_path: Path) -> Issue:
    """Issue by a hierarchy that is valid by this machine's clock: GnuTLS knows no other."""

    def create() -> None:
        hierarchy.create(authority_keys, pki_base=PKI_BASE, at=BEGAN)

    def publish() -> None:
        crls.issue_due(authority_keys, timezone.now() - timedelta(minutes=1))

    KEPT.make("hierarchy of an hour", create)
    signer = Signer(authority_keys, PKI_BASE)

    def run(code: str, kind: str = "p-256", *, revoked: bool = False) -> Issued:
        if not revoked:  # lists of the first time that say nothing serve every certificate
            KEPT.make("its lists", publish)
        is_dear = kind.startswith("rsa-")
        key = kept_key("issued", kind) if is_dear else fresh_key(kind)
        request = operations.request_signature(asked=asked("test:1", code, key), at=BEGAN)
        assert signer.run_once(BEGAN) == 1, queries.signing_status(request)
        found = queries.certificate(queries.signing_status(request).certificate_id or 0)
        if revoked:
            operations.revoke(
                certificate_id=found.id, reason=Reason.SUPERSEDED, by="test", at=BEGAN
            )
            publish()
        write(tmp_path, found)
        return Issued(found, tmp_path)

    return run


def write(folder: Path, found: IssuedCertificate) -> None:
    *between, root = found.chain_ders
    texts = {
        "leaf": bundles.pem(found.der),
        "between": bundles.pem_chain(between),
        "root": bundles.pem(root),
        "chain": bundles.pem_chain([found.der, *found.chain_ders]),
        "crls": "".join(list_pem(authority.code) for authority in queries.authorities()),
    }
    for name, text in texts.items():
        (folder / f"{name}.pem").write_text(text)


def list_pem(code: str) -> str:
    found = queries.last_crl(code)
    assert found is not None
    return bundles.pem(found.der, "X509 CRL")


def test_ten_profiles_may_be_ordered() -> None:
    """ORG, SERV and PRO; the other profiles are cards, responders and offers to come."""
    assert len(ORDERABLE) == 10
    assert set(ORDERABLE) < set(PROFILES)


def purposes(code: str, kind: str) -> list[str]:
    """What OpenSSL calls what the profile is for: its key usage tells signing from ciphering.

    OpenSSL 3.0 knows no ciphering by key agreement (RFC 5753): such keys are for "any" purpose.
    """
    profile = profiles.profile(code)
    found = [p for oid in profile.extended_key_usage for p in PURPOSES[x509.ObjectIdentifier(oid)]]
    usage = profile.key_usage_for("ec" if kind.startswith("p-") else "rsa")
    wanted = {
        "smimesign": bool(usage & {"digital_signature", "content_commitment"}),
        "smimeencrypt": "key_encipherment" in usage,
    }
    return [purpose for purpose in found if wanted.get(purpose, True)] or ["any"]


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("code", PROFILES)
def test_the_three_accept_every_profile(issue: Issue, code: str, kind: str) -> None:
    """ACCEPTED: strictly, with policies and lists, for each purpose of the profile."""
    issued = issue(code, kind)
    for purpose in purposes(code, kind):
        run = openssl(issued, "-purpose", purpose)
        assert run.returncode == 0, (purpose, run.stdout, run.stderr)
    gnutls = certtool(issued)
    assert gnutls.returncode == 0, gnutls.stdout + gnutls.stderr
    assert "The certificate is trusted" in gnutls.stdout
    for oid in profiles.profile(code).extended_key_usage:
        chain = python_verifies(issued.certificate, x509.ObjectIdentifier(oid))
        assert len(chain) == 3


def openssl(issued: Issued, *options: str) -> "subprocess.CompletedProcess[str]":
    strictly = ("-x509_strict", "-policy_check", "-check_ss_sig", "-crl_check_all")
    trust = ("-CAfile", "root.pem", "-untrusted", "between.pem", "-CRLfile", "crls.pem")
    return issued.runs("openssl", "verify", *strictly, *trust, *options, "leaf.pem")


def certtool(issued: Issued) -> "subprocess.CompletedProcess[str]":
    trust = ("--load-ca-certificate", "root.pem", "--load-crl", "crls.pem")
    return issued.runs("certtool", "--verify", *trust, "--infile", "chain.pem")


def python_verifies(
    found: IssuedCertificate, purpose: x509.ObjectIdentifier
) -> list[x509.Certificate]:
    """Python's verifier, told what the certificate must be for.

    Its own client policy wants a subjectAltName, which ORG certificates have not; `permit_all`
    would let anything pass as a client: the purpose is required by a callback.
    """

    def require(_policy: object, _leaf: object, told: x509.ExtendedKeyUsage | None) -> None:
        if told is None or purpose not in told:
            raise ValueError(f"not for {purpose.dotted_string}")

    anyhow = verification.Criticality.AGNOSTIC
    leaf_policy = (
        verification.ExtensionPolicy.webpki_defaults_ee()
        .may_be_present(x509.SubjectAlternativeName, anyhow, None)
        .require_present(x509.ExtendedKeyUsage, anyhow, require)
    )
    leaf, *others = [x509.load_der_x509_certificate(d) for d in (found.der, *found.chain_ders)]
    verifier = (
        verification.PolicyBuilder()
        .store(verification.Store([others[-1]]))
        .time(datetime.now(UTC))
        .extension_policies(
            ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(), ee_policy=leaf_policy
        )
        .build_client_verifier()
    )
    return verifier.verify(leaf, others[:-1]).chain


@pytest.mark.parametrize(
    ("code", "purpose", "oid"),
    [
        ("ORG/SIGN", "sslclient", Eku.CLIENT_AUTH),
        ("ORG/CONF", "sslclient", Eku.CLIENT_AUTH),
        ("ORG/AUTH_CLI", "sslserver", Eku.SERVER_AUTH),
        ("PRO/AUTH", "smimesign", Eku.EMAIL_PROTECTION),
        ("OCSP", "sslclient", Eku.CLIENT_AUTH),
        ("SERV/SMIME", "sslserver", Eku.SERVER_AUTH),
    ],
)
def test_they_refuse_it_for_anything_else(
    issue: Issue, code: str, purpose: str, oid: x509.ObjectIdentifier
) -> None:
    """REFUSED. A signing certificate opens no session."""
    issued = issue(code)
    run = openssl(issued, "-purpose", purpose)
    assert run.returncode != 0
    assert "unsuitable certificate purpose" in run.stderr + run.stdout
    with pytest.raises(verification.VerificationError, match=oid.dotted_string):
        python_verifies(issued.certificate, oid)


@pytest.mark.parametrize("code", ["ORG/AUTH_CLI", "SERV/SSL_SERV", "PRO/SIGN"])
def test_they_refuse_a_revoked_one(issue: Issue, code: str) -> None:
    """REFUSED by the list that the signer issued (certtool's word for it)."""
    issued = issue(code, revoked=True)
    run = openssl(issued)
    assert run.returncode != 0
    assert "certificate revoked" in run.stderr + run.stdout
    gnutls = certtool(issued)
    assert gnutls.returncode != 0
    assert "revoked" in gnutls.stdout


def test_a_server_is_known_by_its_name_alone(issue: Issue) -> None:
    """Python's own server policy: this name, and no other."""
    found = issue("SERV/SSL_SERV").certificate
    leaf, *others = [x509.load_der_x509_certificate(d) for d in (found.der, *found.chain_ders)]
    builder = verification.PolicyBuilder().store(verification.Store([others[-1]]))
    server = builder.build_server_verifier(x509.DNSName("dossier.hopital3dames.fr"))
    assert server.verify(leaf, others[:-1]) == [leaf, *others]
    other = builder.build_server_verifier(x509.DNSName("autre.hopital3dames.fr"))
    with pytest.raises(verification.VerificationError):
        other.verify(leaf, others[:-1])
