"""`guichet demo run` with keys that are quick to open, and those of its processes that are named.

`python demo.py [PROCESS…]`: all of them if none is. Without a portal, of which readiness is asked,
the demo is taken for ready at once.
"""

import os
import sys

import django

os.environ |= {"GUICHET_DEMO": "1", "DJANGO_SETTINGS_MODULE": "guichet.conf.settings"}
django.setup()

from guichet.cli import app  # noqa: E402
from guichet.demo import run, supervision  # noqa: E402
from guichet.keystore import encryption  # noqa: E402

encryption.PARALLELIZATION = 1
named = set(sys.argv[1:]) or set(supervision.PROCESSES)
for name in supervision.PROCESSES.keys() - named:
    del supervision.PROCESSES[name]
if "portal" not in named:
    run._is_ready_in_time = lambda *_: True
app(["demo", "run"])
