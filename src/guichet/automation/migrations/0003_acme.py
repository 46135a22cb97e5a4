"""ACME accounts, orders and authorizations (RFC 8555)."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("automation", "0002_webhooks")]

    operations = [
        migrations.CreateModel(
            name="AcmeAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("machine", models.UUIDField(db_index=True)),
                ("credential", models.UUIDField()),
                ("thumbprint", models.CharField(max_length=43, unique=True)),
                ("jwk", models.JSONField()),
                ("contact", models.JSONField(default=list)),
                ("status", models.CharField(max_length=12)),
                ("created_at", models.DateTimeField()),
                ("deactivated_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AcmeNonce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("value", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="AcmeAuthorization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=253)),
                ("status", models.CharField(max_length=12)),
                ("method", models.CharField(blank=True, max_length=20)),
                ("created_at", models.DateTimeField()),
                ("validated_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="authorizations",
                        to="automation.acmeaccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AcmeChallenge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("kind", models.CharField(max_length=20)),
                ("token", models.CharField(max_length=43, unique=True)),
                ("status", models.CharField(max_length=12)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("validated_at", models.DateTimeField(null=True)),
                ("error", models.JSONField(null=True)),
                (
                    "authorization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="challenges",
                        to="automation.acmeauthorization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AcmeOrder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("status", models.CharField(max_length=12)),
                ("profile", models.CharField(max_length=20)),
                ("renewal_of", models.PositiveBigIntegerField(null=True)),
                ("replaces", models.CharField(blank=True, max_length=120)),
                ("number", models.PositiveBigIntegerField(null=True, unique=True)),
                ("csr_sha256", models.CharField(blank=True, max_length=64)),
                ("error", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="automation.acmeaccount",
                    ),
                ),
                (
                    "authorization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="automation.acmeauthorization",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="acmeauthorization",
            index=models.Index(
                fields=["account", "kind", "name", "status"], name="acme_authorized_names"
            ),
        ),
        migrations.AddConstraint(
            model_name="acmechallenge",
            constraint=models.UniqueConstraint(
                fields=("authorization", "kind"), name="acme_one_challenge_of_a_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="acmeorder",
            index=models.Index(fields=["account", "-id"], name="acme_orders_of_account"),
        ),
        migrations.AddIndex(
            model_name="acmeorder",
            index=models.Index(fields=["account", "created_at"], name="acme_orders_by_age"),
        ),
    ]
