"""What the watchdog measured and the alarms it raised. Seen by this app alone."""

from typing import Final

from django.db import models
from django.db.models import Q

from guichet.domain.alarms import AlarmState

NAME_LENGTH: Final = 100
SERIAL_LENGTH: Final = 59  # 20 octets in hexadecimal, with colons


class WatchedPoint(models.Model):
    """A distribution point and its last reading; `highest` is the highest number ever read."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    kind = models.CharField(max_length=12)
    authority = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    problem = models.CharField(max_length=12, blank=True)
    failures = models.PositiveIntegerField(default=0)
    this_update = models.DateTimeField(null=True)
    next_update = models.DateTimeField(null=True)
    number = models.BigIntegerField(null=True)
    highest = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    fetch_ms = models.PositiveIntegerField(default=0)
    good_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class StoredReading(models.Model):
    """One reading of a point. `is_kept`: the first of its ten minutes, which outlives its day."""

    point = models.ForeignKey(WatchedPoint, on_delete=models.CASCADE)
    at = models.DateTimeField()
    problem = models.CharField(max_length=12, blank=True)
    this_update = models.DateTimeField(null=True)
    next_update = models.DateTimeField(null=True)
    number = models.BigIntegerField(null=True)
    size = models.BigIntegerField(default=0)
    fetch_ms = models.PositiveIntegerField(default=0)
    is_kept = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["at"], name="validation_reading_at")]

    def __str__(self) -> str:
        return f"{self.point_id} {self.at:%Y-%m-%d %H:%M:%S} {self.problem or 'ok'}"


class PointDay(models.Model):
    """A day of a point (UTC): how many readings, how many of them stale, the last size read."""

    point = models.ForeignKey(WatchedPoint, on_delete=models.CASCADE)
    day = models.DateField()
    readings = models.PositiveIntegerField(default=0)
    stale = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["point", "day"], name="validation_one_day_a_point")
        ]

    def __str__(self) -> str:
        return f"{self.point_id} {self.day}"


class Visibility(models.Model):
    """A revocation followed: milliseconds until OCSP, then a list, told it; null: not yet."""

    authority = models.CharField(max_length=40)
    serial_hex = models.CharField(max_length=SERIAL_LENGTH, unique=True)
    revoked_at = models.DateTimeField(db_index=True)
    answer_ms = models.BigIntegerField(null=True)
    list_ms = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.serial_hex


class Alarm(models.Model):
    """An alarm; `told_at` is when operators were last written to, `end_told` that it is over."""

    rule = models.CharField(max_length=20)
    subject = models.CharField(max_length=NAME_LENGTH)
    state = models.CharField(max_length=8, default=AlarmState.RAISED.value)
    facts = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, db_index=True)
    told_at = models.DateTimeField(null=True)
    end_told = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject"],
                condition=Q(state=AlarmState.RAISED.value),
                name="validation_one_open_alarm",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject} ({self.state})"
