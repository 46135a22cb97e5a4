"""The journal's rows: entries that nobody may change, and the head that chains the next one."""

from django.db import models


class Entry(models.Model):
    """One state change. Database triggers refuse any UPDATE or DELETE (see triggers.py)."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    actor = models.CharField(max_length=200)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["subject", "seq"], name="journal_subject")]

    def __str__(self) -> str:
        return f"{self.seq} {self.event} {self.subject}"


class Head(models.Model):
    """The last entry's number and hash: one row, locked by whoever records."""

    seq = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.seq} {self.digest}"
