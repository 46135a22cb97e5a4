"""A diagnosis in words, French and English side by side, for machines and for the page."""

from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from guichet.bench.diagnosis import Diagnosis
from guichet.domain.refusals import Code, Objection
from guichet.web.refusal_texts import explain
from guichet.x509.decode import Description

LANGUAGES: Final = ("fr", "en")
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


def as_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """The document that scripts read; its keys are stable."""
    return {
        "accepted": diagnosis.is_accepted,
        "profile": diagnosis.profile.code if diagnosis.profile else None,
        "tls": {"version": diagnosis.tls_version, "cipher": diagnosis.cipher},
        "reasons": [_reason(objection) for objection in diagnosis.objections],
        "requirements": [asdict(requirement) for requirement in requirements(diagnosis)],
        "certificate": _certificate(diagnosis.presented[0]) if diagnosis.presented else None,
        "chain": [_certificate(said) for said in diagnosis.presented],
    }


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


def _certificate(said: Description) -> dict[str, Any]:
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
