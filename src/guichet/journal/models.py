"""The journal's rows: entries that nobody may change, and the head that chains the next one.

The parts that are sealed (see chain.py) may be erased, and nothing else (see triggers.py).
"""

from django.db import models


class Entry(models.Model):
    """One state change. Database triggers refuse DELETE and any UPDATE but an erasure."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    actor = models.CharField(max_length=200)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    sealed_actor = models.CharField(max_length=64, default="", db_default="")
    sealed_content = models.CharField(max_length=64, default="", db_default="")
    actor_salt = models.CharField(max_length=32, default="", db_default="")
    content_salt = models.CharField(max_length=32, default="", db_default="")

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
