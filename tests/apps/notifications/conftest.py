"""An e-mail that is right by default, sample templates, and a mailbox of its own per test."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from guichet.notifications.mails import Mail

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _sample_templates(settings: Any) -> None:
    engines = copy.deepcopy(settings.TEMPLATES)
    engines[0]["DIRS"] = [Path(__file__).parent / "templates"]
    settings.TEMPLATES = engines


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> Path:
    """Folder where the mailbox transport writes during this test."""
    folder = tmp_path / "mailbox"
    settings.GUICHET = replace(django_settings.GUICHET, email_url=f"mailbox:{folder}")
    return folder


@pytest.fixture
def mail() -> Callable[..., Mail]:
    """Make an e-mail; name only what differs."""

    def make(**changes: Any) -> Mail:
        values = {
            "to": ("sophie@hopital.test",),
            "template": "sample/ready",
            "context": {"number": 101180, "service": "Monserviceclient"},
            "about": "order:101180",
            "dedupe_key": "order:101180:ready",
        }
        return Mail(**(values | changes))

    return make
