"""Everything the demo needs before it serves, step by step; each step is safe to repeat."""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from rich.console import Console

from guichet.demo import enrolment, issuance, psc, register, registers, sample_certificates
from guichet.processes import console as operator
from guichet.processes import passphrases
from guichet.processes.setup import bring_up_to_date


@dataclass(frozen=True, slots=True)
class Step:
    """One line of progress and the work behind it; the work says what it did."""

    title: str
    work: Callable[[datetime], str]


def prepare(console: Console | None = None) -> None:
    """Run every step and report it with its number."""
    screen = console or Console(soft_wrap=True)
    steps = (
        Step("Base de données", _database),
        Step("Secret du magasin de clés", _passphrase),
        Step("Hiérarchie d’autorités", issuance.make_hierarchy),
        Step("Carte d’il y a quatre ans", enrolment.make_former_card),
        Step("Certificat de test expiré", sample_certificates.make_expired),
        Step("Registres (échantillons)", _registers),
        Step("Structures, personnes et habilitations", register.fill),
        Step("Répondeurs OCSP", issuance.make_responders),
        Step("Certificat des ports HTTPS", issuance.make_tls),
        Step("Cartes de démonstration", enrolment.make_cards),
        Step("Certificat du portail auprès de Pro Santé Connect", psc.make_portal_client),
        Step("Certificats de test du banc", sample_certificates.make_others),
        Step("Listes de révocation et publication", _publish),
    )
    for number, step in enumerate(steps, 1):
        with screen.status(f"{step.title}…"):
            said = step.work(timezone.now())
        screen.print(f"[dim]{number}/{len(steps)}[/] {step.title} : {said}")


def _database(_: datetime) -> str:
    bring_up_to_date()
    engine: str = settings.DATABASES["default"]["ENGINE"]
    return engine.rpartition(".")[2]


def _passphrase(_: datetime) -> str:
    return "créé" if make_passphrase() else "déjà là"


def make_passphrase() -> bool:
    """A random passphrase in a file, as systemd credentials give it in production; once."""
    path = passphrases.default_path(settings.GUICHET)
    if path.exists():
        return False
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(32))
    return True


def _registers(at: datetime) -> str:
    return registers.load(settings.GUICHET.state, at)


def _publish(at: datetime) -> str:
    return f"{operator.publish_everything(at)} LCR"
