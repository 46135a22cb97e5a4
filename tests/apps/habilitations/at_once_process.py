"""People at the same moment, over the database of the environment as it is run.

Usage: at_once_process.py FILE — makes the tables, then writes as JSON what went wrong in each case
of drafts_at_once and of acts_at_once.
"""
# ruff: noqa: E402 Django is set up between the imports

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2])]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.conf.settings")

import django

django.setup()

from django.urls import get_resolver

from apps.habilitations import acts_at_once, drafts_at_once
from kit import tables


def main() -> None:
    """Every case in turn, on fresh tables."""
    tables.make()
    get_resolver()._populate()  # once, for the processes that are forked from this one
    found = {"drafts": {case.__name__: case() for case in drafts_at_once.CASES}}
    people = acts_at_once.people()
    found["acts"] = {case.__name__: case(*people) for case in acts_at_once.CASES}
    Path(sys.argv[1]).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
