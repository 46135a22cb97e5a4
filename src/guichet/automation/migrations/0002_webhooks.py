"""Webhooks and what was delivered to them."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("automation", "0001_rest")]
    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("structure_id", models.CharField(db_index=True, max_length=20)),
                ("machine", models.UUIDField(db_index=True, null=True)),
                ("url", models.CharField(max_length=500)),
                ("label", models.CharField(blank=True, default="", max_length=120)),
                ("topics", models.JSONField()),
                ("contact_email", models.EmailField(max_length=254)),
                ("language", models.CharField(default="fr", max_length=5)),
                ("state", models.CharField(default="active", max_length=10)),
                ("generation", models.PositiveIntegerField(default=1)),
                ("overlap_until", models.DateTimeField(null=True)),
                ("since", models.BigIntegerField(default=0)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=200)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="WebhookCursor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.BigIntegerField()),
                ("part", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("topic", models.CharField(max_length=40)),
                ("occasion", models.CharField(max_length=120)),
                ("body", models.TextField()),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("first_tried_at", models.DateTimeField(null=True)),
                ("next_try_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_index=True)),
                ("webhook", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="automation.webhook")),
            ],
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("milliseconds", models.PositiveIntegerField()),
                ("error", models.CharField(blank=True, default="", max_length=60)),
                ("excerpt", models.CharField(blank=True, default="", max_length=500)),
                ("delivery", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="tries", to="automation.webhookdelivery")),
            ],
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "state", "next_try_at"], name="webhook_due"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "-id"], name="webhook_log"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(fields=("webhook", "occasion"), name="webhook_told_once"),
        ),
    ]
