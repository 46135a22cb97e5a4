"""Versions of terms and policies."""

from django.db import models

from guichet.domain.wording import VersionState


class TermsVersion(models.Model):
    """A version of one text in both languages; the last whose day has come is in force.

    `sha256` is of the canonical JSON of documents.py. `oid` is that of a policy (RFC 3647 §3.1).
    """

    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=20)
    oid = models.CharField(max_length=100, blank=True)
    text_fr = models.TextField()
    text_en = models.TextField()
    changes_fr = models.CharField(max_length=500)
    changes_en = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64)
    in_force_from = models.DateTimeField()
    state = models.CharField(max_length=8, default=VersionState.WRITTEN.value)
    author = models.BigIntegerField()
    author_label = models.CharField(max_length=200)
    written_at = models.DateTimeField()
    enforced_by = models.CharField(max_length=200, blank=True)
    enforced_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="terms_number"),
        ]
        indexes = [models.Index(fields=["kind", "state", "in_force_from"], name="terms_in_force")]

    def __str__(self) -> str:
        return f"terms:{self.kind}:{self.number}"
