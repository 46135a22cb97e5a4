"""What happened to orders and products, day by day: what statistics are read from."""

from django.db import models


class OrderDay(models.Model):
    """A day that is over, for one offer, usage, channel and kind of structure.

    Each event counts on its own day, in the site's time zone, so that a day once counted never
    changes. `delays` counts orders by the step of their delay (domain.orders.delays).
    `ended` are products that reached their end unrevoked, `renewed` those of them replaced before.
    """

    day = models.DateField()
    offer = models.CharField(max_length=8)
    usage = models.CharField(max_length=10)
    channel = models.CharField(max_length=10)
    structure_kind = models.CharField(max_length=1, blank=True)
    placed = models.PositiveIntegerField(default=0)
    available = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    cancelled = models.PositiveIntegerField(default=0)
    revoked = models.PositiveIntegerField(default=0)
    ended = models.PositiveIntegerField(default=0)
    renewed = models.PositiveIntegerField(default=0)
    delays = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "offer", "usage", "channel", "structure_kind"],
                name="order_day_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.offer}/{self.usage}"
