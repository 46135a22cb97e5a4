"""A diagnosis in words, French and English side by side, for machines and for the page."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guichet.bench.diagnosis import Diagnosis
from guichet.bench.server_words import FINDINGS as SERVER_FINDINGS
from guichet.bench.server_words import STEPS as SERVER_STEPS
from guichet.bench.step_words import FINDINGS, STEPS
from guichet.bench.steps import Step
from guichet.domain.refusals import Code, Objection
from guichet.web.refusal_texts import explain
from guichet.x509.decode import Description

LANGUAGES: Final = ("fr", "en")
WORDS: Final = {**FINDINGS, **SERVER_FINDINGS}
TITLES: Final = {**STEPS, **SERVER_STEPS}
TLS_REQUIREMENT: Final = _("TLS 1.2 au minimum, par un certificat AUTH_CLI de l’offre ORG")
SECRET_REQUIREMENT: Final = _(
    "Identifiant et secret du client conservés sur un serveur : à vérifier chez vous, "
    "une connexion TLS ne le montre pas"
)


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement of Pro Santé Connect: met, not met, or not to be seen from here (None)."""

    id: str
    is_met: bool | None
    fr: str
    en: str


def requirements(diagnosis: Diagnosis) -> tuple[Requirement, ...]:
    """EXI_PSC_22 cannot be seen by a TLS server; EXI_PSC_24 is what the verdict says."""
    return (
        _requirement("EXI_PSC_24", is_met=diagnosis.is_accepted, text=TLS_REQUIREMENT),
        _requirement("EXI_PSC_22", is_met=None, text=SECRET_REQUIREMENT),
    )


def _requirement(name: str, *, is_met: bool | None, text: Any) -> Requirement:
    french, english = (_in(language, text) for language in LANGUAGES)
    return Requirement(name, is_met, french, english)


def _in(language: str, text: Any) -> str:
    with translation.override(language):
        return str(text)


def as_json(diagnosis: Diagnosis, steps: Iterable[Step] = ()) -> dict[str, Any]:
    """The document that scripts read; its keys are stable."""
    told = steps_as_json(steps)
    return {
        "accepted": diagnosis.is_accepted,
        "at": diagnosis.at.isoformat(),
        "profile": diagnosis.profile.code if diagnosis.profile else None,
        "tls": {"version": diagnosis.tls_version, "cipher": diagnosis.cipher},
        "group": diagnosis.peer.group or None,
        "offered": asdict(diagnosis.hello) if diagnosis.hello else None,
        "steps": told,
        "reasons": [_reason(objection) for objection in diagnosis.objections],
        "requirements": [asdict(requirement) for requirement in requirements(diagnosis)],
        "certificate": certificate(diagnosis.presented[0]) if diagnosis.presented else None,
        "chain": [certificate(said) for said in diagnosis.presented],
    }


def steps_as_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """Steps in both languages."""
    return [_step(step) for step in steps]


def _step(step: Step) -> dict[str, Any]:
    told: dict[str, Any] = {
        "code": step.code,
        "finding": step.finding,
        "verdict": step.verdict.value,
        "seen": list(step.seen),
        "command": step.command,
    }
    words = WORDS[step.finding]
    for language in LANGUAGES:
        with translation.override(language):
            told[language] = {
                "step": str(TITLES[step.code]),
                "found": str(words.title) % step.facts,
                "fix": str(words.fix or "") % step.facts,
            }
    return told


def as_text(told: list[dict[str, Any]], language: str) -> str:
    """Steps as a terminal shows them, numbered; a fault is followed by what to do."""
    lines: list[str] = []
    for number, step in enumerate(told, 1):
        words = step[language]
        lines.append(f"{number:>2}. [{step['verdict']:<7}] {words['step']}: {words['found']}")
        lines += [f"      {line}" for line in step["seen"]]
        if step["verdict"] in {"failed", "warning"}:
            lines += [f"    → {words['fix']}", f"    $ {step['command']}"]
    return "\n".join(lines) + "\n"


def _reason(objection: Objection) -> dict[str, Any]:
    told: dict[str, Any] = {"code": objection.code.value}
    for language in LANGUAGES:
        with translation.override(language):
            words = explain(objection)
            told[language] = {
                "title": words.title,
                "detail": words.detail,
                "remedy": words.remedy,
            }
    return told


def certificate(said: Description) -> dict[str, Any]:
    """A certificate decoded."""
    return {
        "subject": said.subject_text,
        "issuer": said.issuer_text,
        "serial": said.serial_hex,
        "not_before": said.not_before.isoformat(),
        "not_after": said.not_after.isoformat(),
        "key": said.key_text,
        "signature": said.signature_algorithm,
        "sha256": said.sha256,
        "extensions": {e.name: list(e.lines) for e in said.extensions},
    }


def status_code(diagnosis: Diagnosis) -> int:
    """200 when accepted; else the status of the first objection's words."""
    if diagnosis.is_accepted:
        return 200
    if any(o.code is Code.BENCH_STATUS_UNAVAILABLE for o in diagnosis.objections):
        return 503
    return explain(diagnosis.objections[0]).status
