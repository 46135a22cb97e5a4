import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_labels"),
    ]

    operations = [
        migrations.CreateModel(
            "OrderGroup",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("owner_ref", models.CharField(db_index=True, max_length=80)),
                ("kind", models.CharField(max_length=12)),
                ("common", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("placed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            "GroupLine",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("file_line", models.PositiveIntegerField(null=True)),
                ("typed", models.JSONField(default=dict)),
                ("csr", models.BinaryField(default=bytes)),
                ("key_origin", models.CharField(blank=True, max_length=10)),
                ("spki_sha256", models.CharField(blank=True, max_length=64)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="orders.ordergroup",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_line",
                        to="orders.order",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "groupline",
            models.UniqueConstraint(fields=("group", "position"), name="one_line_per_position"),
        ),
        migrations.AddConstraint(
            "groupline",
            models.UniqueConstraint(
                condition=models.Q(("spki_sha256", ""), _negated=True),
                fields=("group", "spki_sha256"),
                name="one_key_per_line",
            ),
        ),
    ]
