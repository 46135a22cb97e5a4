"""Authorities, signing requests (intents), certificates and CRLs. Seen by this app alone."""

import uuid

from django.db import models
from django.db.models import Q

from guichet.authority import queue_models  # noqa: F401 registered with these
from guichet.domain.certificates.authority_states import AuthorityState
from guichet.domain.certificates.crl_policy import CrlKind
from guichet.domain.certificates.recovery import RecoveryState
from guichet.domain.certificates.states import CertificateState, SigningState
from guichet.domain.certificates.urgency import Priority

CODE_LENGTH = 40
SERIAL_LENGTH = 59  # 20 octets in hexadecimal, with colons


class CertificationAuthority(models.Model):
    """One generation of an authority, with its key.

    `series` is the code that its generations share. `serial_hex` is that of its own certificate.
    `revocations` counts those ever made: a CRL says how many it covers.
    """

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    series = models.CharField(max_length=CODE_LENGTH)
    generation = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, default=AuthorityState.ACTIVE.value)
    serial_hex = models.CharField(max_length=SERIAL_LENGTH)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True)
    der = models.BinaryField()
    key_label = models.CharField(max_length=64, unique=True)
    revocations = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "generation"], name="authority_generation")
        ]

    def __str__(self) -> str:
        return self.code


class SigningRequest(models.Model):
    """What is asked of the signer, then its intent, stored before any signature.

    The intent is the serial and `tbs`, the very octets to be signed (RFC 5280 4.1.2).
    `lease_until` and `leased_by` say which signer works on it; a lease that ran out frees it. What
    has the lowest `priority` goes first.
    `crl_shard` was fixed with the plan, which carries the addresses of its lists.
    One key, one certificate: but the certificate that a request `renews` lends it its key, whose
    uses are counted by `key_use`. The database lets nobody take the same use twice.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=120, unique=True)
    authority = models.ForeignKey(CertificationAuthority, on_delete=models.PROTECT)
    profile = models.CharField(max_length=20)
    subject = models.JSONField()
    sans = models.JSONField()
    csr = models.BinaryField()
    spki_sha256 = models.CharField(max_length=64)
    renews = models.ForeignKey("Certificate", on_delete=models.PROTECT, null=True, related_name="+")
    key_use = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=12, default=SigningState.REQUESTED.value)
    serial_hex = models.CharField(max_length=SERIAL_LENGTH, unique=True, null=True)  # noqa: DJ001
    tbs = models.BinaryField(default=b"")
    crl_shard = models.PositiveIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(default=Priority.INTERACTIVE.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=80, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["spki_sha256", "key_use"],
                condition=~Q(state__in=[SigningState.REFUSED.value, SigningState.FAILED.value]),
                name="authority_one_request_per_use",
            )
        ]
        indexes = [
            models.Index(
                fields=["priority", "requested_at"],
                condition=Q(settled_at=None),
                name="authority_waiting",
            ),
            # SQLite does not use the constraint's for the past of a key: its condition has
            # parameters.
            models.Index(fields=["state", "-settled_at"], name="authority_request_state"),
            models.Index(fields=["spki_sha256"], name="authority_request_key"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.state})"


class Certificate(models.Model):
    """One certificate issued. `to_publish` is raised by every change of its status.

    `changed_at` is the exact instant of that change. A revoked one has a rank among the revocations
    of its authority, and its CRL entry in DER, encoded once. What lists are built of is in one
    index: a list of a million entries never reads the certificates. `sha256` and `sha1` are the
    fingerprints of its DER, in hexadecimal; empty where the DER is not known.
    """

    request = models.OneToOneField(SigningRequest, on_delete=models.PROTECT, null=True)
    authority = models.ForeignKey(CertificationAuthority, on_delete=models.PROTECT)
    serial_hex = models.CharField(max_length=SERIAL_LENGTH, unique=True)
    profile = models.CharField(max_length=20)
    der = models.BinaryField()
    spki_sha256 = models.CharField(max_length=64, db_index=True)
    # Defaults of the database: the release before, which inserts without them, goes on working.
    sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    sha1 = models.CharField(max_length=40, blank=True, default="", db_default="")
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    state = models.CharField(max_length=8, default=CertificateState.VALID.value)
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=30, blank=True)
    changed_at = models.DateTimeField()
    to_publish = models.BooleanField(default=True)
    crl_shard = models.PositiveIntegerField(default=0)
    revocation_index = models.BigIntegerField(null=True)
    crl_entry = models.BinaryField(default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(to_publish=True), name="authority_to_publish"),
            models.Index(fields=["sha256"], name="authority_sha256"),
            models.Index(fields=["sha1"], name="authority_sha1"),
            models.Index(
                fields=["authority", "revocation_index", "crl_shard", "not_after", "crl_entry"],
                condition=Q(revocation_index__isnull=False),
                name="authority_crl_entries",
            ),
            models.Index(
                fields=["authority", "crl_shard", "revocation_index"],
                condition=Q(revocation_index__isnull=False),
                name="authority_shard_entries",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CertificateState.VALID.value)
                | Q(revoked_at__isnull=False, revocation_index__isnull=False),
                name="authority_revoked_at_a_rank",
            )
        ]

    def __str__(self) -> str:
        return self.serial_hex


class CrossCertificate(models.Model):
    """An authority certified by another issuer too: same name and key, published beside its own."""

    authority = models.ForeignKey(
        CertificationAuthority, on_delete=models.PROTECT, related_name="crosses"
    )
    issuer = models.ForeignKey(CertificationAuthority, on_delete=models.PROTECT, related_name="+")
    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "issuer"], name="authority_one_cross")
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} by {self.issuer_id}"


class BurntKey(models.Model):
    """The public half, as a digest, of a private key that others know: never to be certified.

    `reason` is "sent" when it was sent to us, else why it is on a list; `source` says whose list.
    """

    SENT = "sent"

    spki_sha256 = models.CharField(max_length=64, unique=True)
    burnt_at = models.DateTimeField()
    reason = models.CharField(max_length=20, default=SENT)
    source = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.spki_sha256


class CrlScope(models.Model):
    """What one list is about: everything an authority issued (shard 0), or one shard of it.

    `pki_base` is the base of the addresses in the certificates of a shard: its lists repeat them.
    Numbers stay above `floor`, which was seen published. At shard 0, `planned` counts the
    certificates that carry the address of a list: the next one's shard follows from it. The row is
    locked before the journal, and by whoever plans alone: a revocation never waits for it.
    """

    authority = models.ForeignKey(CertificationAuthority, on_delete=models.PROTECT)
    shard = models.PositiveIntegerField(default=0)
    pki_base = models.CharField(max_length=200, blank=True)
    planned = models.BigIntegerField(default=0)
    floor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "shard"], name="authority_one_scope")
        ]

    def __str__(self) -> str:
        return f"{self.authority_id}-{self.shard}"


class Crl(models.Model):
    """One CRL issued. `covers` is the authority's count of revocations when it was built.

    A delta names the complete one it adds to by `base_number`. Its octets are in CrlPart until a
    newer one of its kind takes its place.
    """

    authority = models.ForeignKey(CertificationAuthority, on_delete=models.PROTECT)
    shard = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=5, default=CrlKind.FULL.value)
    number = models.BigIntegerField()
    base_number = models.BigIntegerField(null=True)
    covers = models.BigIntegerField()
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()
    entries = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "shard", "kind", "number"], name="authority_crl_number"
            )
        ]

    def __str__(self) -> str:
        return f"{self.authority_id}-{self.shard} {self.kind} {self.number}"


class CrlPart(models.Model):
    """A piece of a CRL's DER, by rank: so that one of 40 MB is written and read bit by bit."""

    crl = models.ForeignKey(Crl, on_delete=models.CASCADE, related_name="parts")
    rank = models.PositiveIntegerField()
    octets = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["crl", "rank"], name="authority_crl_part")]

    def __str__(self) -> str:
        return f"{self.crl_id}/{self.rank}"


class Recovery(models.Model):
    """A state put in place from a backup: while one is `found`, nothing is signed.

    `journal_seq` and `journal_digest` are the end of the journal in the backup; `aside` is the
    folder that keeps what was there before. The database allows one that is `found`.
    """

    state = models.CharField(max_length=10, default=RecoveryState.FOUND.value)
    backup = models.CharField(max_length=200)
    backup_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    journal_seq = models.BigIntegerField()
    journal_digest = models.CharField(max_length=64)
    aside = models.CharField(max_length=500, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=120, blank=True)
    findings = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state=RecoveryState.FOUND.value),
                name="authority_one_recovery",
            )
        ]

    def __str__(self) -> str:
        return f"{self.backup} ({self.state})"
