"""Orders placed together: what is typed line by line, then the orders that came of it."""

import uuid

from django.db import models
from django.db.models import Q

from guichet.orders.models.ordering import Order


class OrderGroup(models.Model):
    """Many certificates asked at once; `common` is what every line shares unless it says else.

    `kind` is a value of domain.orders.groups.GroupKind. Once placed, nothing changes any more.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner_ref = models.CharField(max_length=80, db_index=True)
    kind = models.CharField(max_length=12)
    common = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    placed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"group:{self.key}"


class GroupLine(models.Model):
    """One certificate of a group: what was typed, its request, and the order once placed.

    `file_line` is its line in the file it came from; `csr` is DER, empty until there is one.
    """

    group = models.ForeignKey(OrderGroup, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    file_line = models.PositiveIntegerField(null=True)
    typed = models.JSONField(default=dict)
    csr = models.BinaryField(default=bytes)
    key_origin = models.CharField(max_length=10, blank=True)
    spki_sha256 = models.CharField(max_length=64, blank=True)
    order = models.OneToOneField(
        Order, on_delete=models.PROTECT, null=True, related_name="group_line"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "position"], name="one_line_per_position"),
            models.UniqueConstraint(
                fields=["group", "spki_sha256"],
                condition=~Q(spki_sha256=""),
                name="one_key_per_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}/{self.position}"
