import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat, Replace

COPIED = ("structure_id", "offer", "usage", "beneficiary")


def copy_from_orders(apps, schema_editor):
    orders = apps.get_model("orders", "Order").objects.filter(pk=OuterRef("order_id"))
    values = {name: Subquery(orders.values(name)[:1]) for name in COPIED}
    words = Concat(
        Cast("number", models.TextField()),
        Value(" "),
        Replace("serial_hex", Value(":"), Value("")),
        Value(" "),
        Subquery(orders.values("search_text")[:1]),
        output_field=models.TextField(),
    )
    apps.get_model("orders", "Product").objects.update(**values, search_text=words)


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0003_contacts"),
    ]

    operations = [
        migrations.AddField(
            "product", "structure_id", models.CharField(default="", max_length=20), False
        ),
        migrations.AddField("product", "offer", models.CharField(default="", max_length=8), False),
        migrations.AddField("product", "usage", models.CharField(default="", max_length=10), False),
        migrations.AddField(
            "product", "beneficiary", models.CharField(default="", max_length=300), False
        ),
        migrations.AddField("product", "search_text", models.TextField(default=""), False),
        migrations.AddField("product", "owner_name", models.CharField(blank=True, max_length=100)),
        migrations.AddField("product", "owner_email", models.CharField(blank=True, max_length=254)),
        migrations.RunPython(copy_from_orders, migrations.RunPython.noop),
        migrations.AddIndex(
            "product",
            models.Index(fields=["structure_id", "-number"], name="product_by_structure"),
        ),
        migrations.AddIndex(
            "product",
            models.Index(fields=["structure_id", "not_after", "-number"], name="product_by_end"),
        ),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["structure_id", "beneficiary", "-number"], name="product_by_beneficiary"
            ),
        ),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["structure_id", "usage", "beneficiary", "-number"],
                name="product_by_usage_name",
            ),
        ),
        migrations.AddIndex(
            "product",
            models.Index(fields=["structure_id", "usage", "-number"], name="product_by_usage"),
        ),
        migrations.AddIndex(
            "product",
            models.Index(
                fields=["structure_id", "owner_email", "-number"], name="product_by_owner"
            ),
        ),
        migrations.AddIndex(
            "product",
            models.Index(
                condition=models.Q(("revoked_at", None)),
                fields=["structure_id", "not_after"],
                name="product_unrevoked",
            ),
        ),
        migrations.AddIndex(
            "product",
            models.Index(
                condition=models.Q(("revoked_at__isnull", False)),
                fields=["structure_id", "-number"],
                name="product_revoked",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["structure_id", "state", "-number"], name="order_by_structure_state"
            ),
        ),
        migrations.CreateModel(
            "Tag",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("structure_id", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=40)),
                ("folded", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            "Tagging",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "tag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="taggings",
                        to="orders.tag",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taggings",
                        to="orders.product",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "tag",
            "products",
            models.ManyToManyField(
                related_name="tags", through="orders.Tagging", to="orders.product"
            ),
        ),
        migrations.CreateModel(
            "SavedView",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("account_id", models.BigIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=1000)),
                ("is_default", models.BooleanField(default=False)),
            ],
        ),
        migrations.AddConstraint(
            "savedview",
            models.UniqueConstraint(
                fields=("account_id", "name"), name="one_inventory_view_per_name"
            ),
        ),
        migrations.AddConstraint(
            "savedview",
            models.UniqueConstraint(
                condition=models.Q(("is_default", True)),
                fields=("account_id",),
                name="one_default_inventory_view",
            ),
        ),
        migrations.AddConstraint(
            "tagging",
            models.UniqueConstraint(fields=("tag", "product"), name="one_tagging_per_tag"),
        ),
        migrations.AddConstraint(
            "tag",
            models.UniqueConstraint(fields=("structure_id", "folded"), name="one_tag_per_word"),
        ),
    ]
