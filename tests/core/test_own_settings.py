"""The guide that changes rules by a module of settings: it is read as it is written."""

import os
import subprocess
import sys
from pathlib import Path

from kit.documents import DOCS, blocks

READ = """
import django; django.setup()
from guichet.habilitations.policy import policy as dossiers
from guichet.notifications.operator import operator
from guichet.orders.policy import policy as orders
print(operator().name, orders().renewal_opens.days, *orders().reminder_days)
print(dossiers().attachments_per_dossier, dossiers().clamd)
"""


def test_the_module_of_the_guide_is_read(tmp_path: Path) -> None:
    """By the lines of the environment that it gives: its own rules, and all the others as ever."""
    module, lines = (block.text for block in blocks(DOCS / "how-to" / "changer-une-regle.md"))
    given = dict(line.split("=", 1) for line in lines.split())
    folder = tmp_path / given["PYTHONPATH"].lstrip("/")
    folder.mkdir(parents=True)
    (tmp_path / "state" / "run").mkdir(parents=True)
    file = folder / f"{given['DJANGO_SETTINGS_MODULE']}.py"
    file.write_text(module)
    environment = {
        **os.environ,
        **given,
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "GUICHET_STATE": str(tmp_path / "state"),
        "GUICHET_CLAMD": "tcp://127.0.0.1:3310",
    }
    read = _python(READ, environment)
    assert read.stdout.splitlines() == [
        "GIP Exemple, certificats 60 60 30 7 1",
        "20 tcp://127.0.0.1:3310",
    ]
    wrong = {
        module.replace("days=60", "days=0"): "guichet_ici: renewal_opens: between 1 and 1098 days",
        module.replace("dossier=20", "dossier=0"): (
            "guichet_ici: attachments_per_dossier: at least 1"
        ),
        module + "GUICHET_API = {'calls': 5}\n": (
            "GUICHET_API: guichet.automation.policy.ApiPolicy is wanted, not builtins.dict"
        ),
        module + "GUICHET_ORDER = GUICHET_ORDERS\n": "guichet_ici: GUICHET_ORDER: no such setting",
        module + "del GUICHET_EST, GUICHET_ACME\n": (
            "guichet_ici: GUICHET_ACME, GUICHET_EST missing: "
            "begin with “from guichet.conf.settings import *”"
        ),
        "import gone_elsewhere\n": "guichet_ici: No module named 'gone_elsewhere'",
    }
    for text, told in wrong.items():
        file.write_text(text)
        refused = _python("from guichet.cli import app; app(['signer'])", environment)
        assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", f"{told}\n")


def _python(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
