"""`guichet demo run` with keys that are quick to open, and those of its processes that are named.

`python demo.py [PROCESS…]`: all of them if none is. Without a portal, of which readiness is asked,
the demo is taken for ready at once. `python demo.py prepare` only makes what it needs.
"""

import os
import sys
from collections import Counter
from pathlib import Path
from unittest.mock import patch

import django

from guichet.processes.collecting import collect_seldom

collect_seldom()
os.environ |= {"GUICHET_DEMO": "1", "DJANGO_SETTINGS_MODULE": "guichet.conf.settings"}
django.setup()
sys.path.append(str(Path(__file__).resolve().parents[1]))

from django.conf import settings  # noqa: E402

from guichet.cli import app  # noqa: E402
from guichet.demo import run, supervision  # noqa: E402
from guichet.keystore import encryption  # noqa: E402
from guichet.x509 import keys  # noqa: E402
from kit import pki  # noqa: E402

make_rsa = keys.make_rsa
made: Counter[int] = Counter()


def next_rsa(bits: int) -> keys.SigningKey:
    """The next of the keys that the first demo of a run makes: they are half of its work."""
    made[bits] += 1
    with patch.object(keys, "make_rsa", make_rsa):
        return pki.kept_key(f"demo {made[bits]}", f"rsa-{bits}")


encryption.PARALLELIZATION = 1
if not (settings.GUICHET.state / "secrets" / "keystore").exists():  # nor any key of an earlier one
    keys.make_rsa = next_rsa
if sys.argv[1:] == ["prepare"]:
    app(["demo", "prepare"])
named = set(sys.argv[1:]) or set(supervision.PROCESSES)
for name in supervision.PROCESSES.keys() - named:
    del supervision.PROCESSES[name]
if "portal" not in named:
    run._is_ready_in_time = lambda *_: True
app(["demo", "run"])
