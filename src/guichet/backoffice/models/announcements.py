"""Announcements that staff write."""

from django.db import models


class AnnouncementRow(models.Model):
    """One announcement; `revision` counts its changes, which the journal tells of."""

    revision = models.PositiveIntegerField(default=1)
    level = models.CharField(max_length=12)
    audience = models.CharField(max_length=16)
    scope = models.CharField(max_length=16)
    title_fr = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    text_fr = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, db_index=True)
    withdrawn_at = models.DateTimeField(null=True)
    author_label = models.CharField(max_length=200)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "backoffice_announcement"
        indexes = [models.Index(fields=["-starts_at"], name="announcement_by_start")]

    def __str__(self) -> str:
        return f"announcement:{self.pk}"
