"""A database of the last release, written in by its code, upgraded, and written in again by it.

Run with its own GUICHET_DATABASE_URL. Prints as JSON what the old code could insert before, and
what it cannot insert, change or read any more.
"""

import json
import sys
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import django
from django.db import Error, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

NUMBERS = count(1)
TEXTS = (models.CharField, models.TextField)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def filled(field: Any) -> Any:
    """A value that nothing else has."""
    n = next(NUMBERS)
    values = {
        models.DateTimeField: NOW + timedelta(seconds=n),
        models.DateField: date(2026, 11, 26),
        models.BooleanField: False,
        models.JSONField: {},
        models.UUIDField: uuid.uuid4(),
        models.BinaryField: b"x",
        models.GenericIPAddressField: "192.0.2.1",
    }
    for kind, value in values.items():
        if isinstance(field, kind):
            return value
    if isinstance(field, TEXTS):
        return f"{n:x}"[: field.max_length or 20]
    return n


def made(model: Any) -> Any:
    """A row of a historical model, with the rows that it refers to."""
    given: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.auto_created or (
            field.primary_key and field.get_internal_type().endswith("AutoField")
        ):
            continue
        if field.has_default() or field.null or (field.blank and not field.unique):
            continue
        is_link = field.is_relation
        given[field.name] = made(field.related_model) if is_link else filled(field)
    return model.objects.create(**given)


def tried(apps: Any, names: list[str]) -> dict[str, str]:
    """Insert, read and change a row of each model; the fault of each, or nothing."""
    told = {}
    for name in names:
        model = apps.get_model(name)
        try:
            with transaction.atomic():
                row = made(model)
                row.refresh_from_db()
                row.save()
                list(model.objects.all()[:2])
                told[name] = ""
        except Error as error:
            told[name] = str(error).splitlines()[0]
    return told


def main(released: Path) -> None:
    django.setup()
    ours: dict[str, list[str]] = json.loads(released.read_text())
    executor = MigrationExecutor(connection)
    leaves = [key for key in executor.loader.graph.leaf_nodes() if key[0] not in ours]
    shared = [key for key in leaves if key[0] in {"axes", "auth", "sessions", "contenttypes"}]
    targets = [*shared, *((app, names[-1]) for app, names in ours.items())]
    executor.migrate(targets)
    apps = executor.loader.project_state(targets).apps
    models_of_ours = [
        model._meta.label for model in apps.get_models() if model._meta.app_label in ours
    ]
    once = [name for name, fault in tried(apps, models_of_ours).items() if not fault]
    # Of some there is one row at a time.
    before = [name for name, fault in tried(apps, once).items() if not fault]
    newer = MigrationExecutor(connection)
    newer.migrate(newer.loader.graph.leaf_nodes())
    after = {name: fault for name, fault in tried(apps, before).items() if fault}
    sys.stdout.write(json.dumps({"all": models_of_ours, "before": before, "broken": after}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
