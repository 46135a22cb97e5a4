"""A site that wears the State's design system, within one process of tests."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured

from guichet.conf.dressing import DSFR, Dressing
from guichet.web.templatetags import components
from guichet.web.themes import files, loading

MARK = ("République", "Française")


def folder() -> Path:
    """Where the static files of the design system are."""
    return Path(files.Finder().root)


@pytest.fixture
def worn(settings: Any) -> Iterator[None]:
    """As GUICHET_THEME=dsfr makes the settings, for the length of a test."""
    engine = deepcopy(configured.TEMPLATES)
    engine[0]["APP_DIRS"] = False
    engine[0]["OPTIONS"] |= loading.options(is_of_the_state=True)
    settings.GUICHET = replace(configured.GUICHET, dressing=Dressing(DSFR, MARK))
    settings.STATICFILES_FINDERS = files.finders(is_of_the_state=True)
    settings.TEMPLATES = engine
    components._template.cache_clear()
    yield
    components._template.cache_clear()
