"""The papers of a dossier: what each says, for whom, and in what time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.utils import timezone, translation

from apps.habilitations import dossiers
from guichet.domain.dossier.declaration import CertificateType
from guichet.domain.dossier.states import DossierAct
from guichet.habilitations.models import Decision
from guichet.habilitations.operations import deciding, drafting, instructing
from guichet.habilitations.operations.deciding import Choice
from guichet.habilitations.papers import decision, receipt, whole
from guichet.journal import queries as journal
from guichet.web.papers import Facts, Listed, Notice, Paper, Prose

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path) -> None:
    settings.GUICHET = replace(settings.GUICHET, state=tmp_path)


def words(paper: Paper) -> str:
    """Everything a paper says, one text a line."""
    said = [paper.title, paper.subtitle, paper.reference, paper.footer]
    for part in paper.parts:
        said.append(part.title)
        if isinstance(part, Facts):
            said += [f"{term}: {value}" for term, value in part.rows]
        elif isinstance(part, Listed):
            said += [" | ".join(row) for row in (part.columns, *part.rows)]
        elif isinstance(part, Prose):
            said += part.paragraphs
        elif isinstance(part, Notice):
            said.append(part.text)
    return "\n".join(said).replace("\u202f", " ")


def receipt_words(number: int) -> str:
    row = dossiers.row(number)
    return words(receipt.write(row, row.revisions.latest("n")))


def decide(number: int, by, act: DossierAct, **changes) -> Decision:
    row = dossiers.row(number)
    if row.state == "filed":
        instructing.take(number=number, by=by.actor, at=timezone.now())
    everybody = frozenset(dossiers.typed(number).ids("administrators"))
    given = {
        "act": act,
        "reason": "Le mandat est illisible." if act is not DossierAct.ACCEPT else "",
        "rows": everybody,
        "types": frozenset({CertificateType.ORG}),
        **changes,
    }
    assert deciding.decide(number=number, choice=Choice(**given), by=by.actor, at=timezone.now())
    return Decision.objects.filter(dossier=row).latest("pk")


def test_the_receipt_says_what_was_deposited(applicant) -> None:
    """Number, date, structure, depositor with e-mail, administrators, types, what comes next."""
    number = dossiers.deposited(applicant.actor)
    said = receipt_words(number)
    for wanted in (
        "Attestation de dépôt",
        f"Dossier n° {number}, dépôt n° 1",
        "Raison sociale: AGENCE DU NUMERIQUE EN SANTE",
        "SIRET: 187 512 751 00020",
        "Déposé par: DUPONT / Jean",
        "Email du déposant: monmail@sante.fr",
        "Qualité: Responsable légal",
        "Jeanne CHARLES | 0203040506 | monemaildadmin@sante.fr",
        "Certificat ORG: AUTH_CLI, SIGN, CONF",
        "Usage des certificats: Connexion au DMP",
        "vous pouvez encore y apporter des modifications",
    ):
        assert wanted in said, wanted


def test_the_receipt_carries_its_proof(applicant) -> None:
    """The code and the address that verify it, the hash of what was deposited."""
    number = dossiers.deposited(applicant.actor)
    row = dossiers.row(number)
    last = row.revisions.get()
    proof = receipt.write(row, last).proof
    assert proof is not None
    assert proof.url.endswith(f"/habilitations/verifier/{last.code}/")
    assert (proof.code, proof.sha256) == (last.code, last.sha256)


def test_names_that_the_types_are_limited_to(applicant) -> None:
    """The domain, the server, the mail domains."""
    changes = {"types.serv_ssl": "on", "types.ssl_domain": "sante.fr"}
    number = dossiers.deposited(applicant.actor, changes)
    assert "Certificat logiciel SSL_SERVEUR: SSL_SERV\nsante.fr" in receipt_words(number)


def test_the_whole_dossier_has_every_field(applicant) -> None:
    """As in the form and in its order; of a draft it says so, and proves nothing."""
    number = dossiers.complete_draft(applicant.actor)
    draft = whole.write(dossiers.row(number), timezone.now())
    assert draft.proof is None
    said = words(draft)
    assert "Brouillon" in said
    for wanted in (
        "Libellé NAF: Administration publique",
        "Date de création: 12 avril 2005",
        "Nom: DUPONT",
        "0203040506 | Jeanne CHARLES | 0102030405 | monemaildadmin@sante.fr",
        "Certificat ORG: Oui",
        "Certificat logiciel PRO: Non",
    ):
        assert wanted in said, wanted
    assert said.index("Nom: DUPONT") < said.index("Jeanne CHARLES") < said.index("Esante WebModule")


def test_a_paper_shows_what_is_deposited_not_what_is_typed(applicant) -> None:
    """And says that there is more."""
    number = dossiers.deposited(applicant.actor)
    changes = {"use.editor": "Un autre éditeur"}
    drafting.save(number=number, changes=changes, by=applicant.actor, at=timezone.now())
    said = words(whole.write(dossiers.row(number), timezone.now()))
    assert "Modifications non déposées" in said
    assert "Un autre éditeur" not in said


def test_an_acceptance_names_who_and_what(applicant, instructor, known_registers) -> None:
    number = dossiers.deposited(applicant.actor)
    made = decide(number, instructor, DossierAct.ACCEPT)
    said = words(decision.write(dossiers.row(number), made))
    assert "Décision d’acceptation" in said
    assert "Par: MOREL / Inès" in said
    assert "Jeanne CHARLES | 0203040506" in said
    assert "ORG (AUTH_CLI, SIGN, CONF)" in said
    assert "recours" not in said


def test_a_partial_acceptance_says_what_is_left_out(applicant, instructor, known_registers) -> None:
    """With its reason, and how to contest it."""
    number = dossiers.deposited(
        applicant.actor, {"types.pro": "on", "types.pro_mail_domain": "@sante.fr"}
    )
    made = decide(
        number, instructor, DossierAct.ACCEPT, refused={"pro": "Sans usage dans ce projet."}
    )
    said = words(decision.write(dossiers.row(number), made))
    assert "Décision d’acceptation partielle" in said
    assert "PRO (AUTH, SIGN, CONF) – @sante.fr: Sans usage dans ce projet." in said
    assert "tribunal administratif" in said


def test_a_refusal_gives_reasons_and_recourse(applicant, instructor, known_registers) -> None:
    """CRPA L. 211-5 and R. 421-5 of the CJA: reasons, ways and delays."""
    number = dossiers.deposited(applicant.actor)
    said = words(
        decision.write(dossiers.row(number), decide(number, instructor, DossierAct.REFUSE))
    )
    for wanted in ("Décision de refus", "Le mandat est illisible.", "R. 421-1", "deux mois"):
        assert wanted in said, wanted


def test_closing_is_no_refusal(applicant, instructor, known_registers) -> None:
    number = dossiers.deposited(applicant.actor)
    said = words(decision.write(dossiers.row(number), decide(number, instructor, DossierAct.CLOSE)))
    assert "Classement sans suite" in said
    assert "tribunal" not in said


def test_a_decision_that_was_reopened_says_so(
    applicant, instructor, supervisor, known_registers
) -> None:
    """The paper stays, and stands no more."""
    number = dossiers.deposited(applicant.actor)
    decide(number, instructor, DossierAct.REFUSE)
    deciding.reopen(
        number=number, reason="Erreur de lecture", by=supervisor.actor, at=timezone.now()
    )
    made = Decision.objects.get(dossier__number=number)
    assert "Décision remplacée" in words(decision.write(dossiers.row(number), made))
    answer = applicant.get(f"/habilitations/dossiers/{number}/decision.pdf")
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["attestation", "dossier"])
def test_papers_are_downloads(name, applicant, instructor) -> None:
    """PDF, saved and not shown, never kept by a cache; the staff's reading leaves a trace."""
    number = dossiers.deposited(applicant.actor)
    address = f"/habilitations/dossiers/{number}/{name}.pdf"
    for person in (applicant, instructor):
        answer = person.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}-{number}-TEST.pdf"'
        assert "no-store" in answer["Cache-Control"]
        assert answer.content.startswith(b"%PDF-1.7")
    events = [e.event for e in journal.entries_about(f"dossier:{number}")]
    assert events.count("dossier-read") == 1


def test_a_paper_that_does_not_exist_yet(applicant) -> None:
    """No receipt of a draft, no decision before one."""
    draft = dossiers.complete_draft(applicant.actor)
    filed = dossiers.deposited(applicant.actor)
    assert applicant.get(f"/habilitations/dossiers/{draft}/attestation.pdf").status_code == 404
    assert applicant.get(f"/habilitations/dossiers/{draft}/dossier.pdf").status_code == 200
    assert applicant.get(f"/habilitations/dossiers/{filed}/decision.pdf").status_code == 404


def test_two_hundred_administrators_and_hostile_words(
    applicant, django_assert_max_num_queries
) -> None:
    """One set of queries, whatever the number; what people typed stays text."""
    changes = {
        **dossiers.many_administrators(200),
        "use.description": "#panic() $x$ \\ *gras*\n" + "mot " * 900,
        "use.editor": "é" * 80,
    }
    number = dossiers.deposited(applicant.actor, changes)
    with django_assert_max_num_queries(25):
        answer = applicant.get(f"/habilitations/dossiers/{number}/dossier.pdf")
    assert answer.status_code == 200


def test_english_papers(applicant) -> None:
    """A paper is written in the language of its dossier, whoever prints it."""
    number = dossiers.deposited(applicant.actor)
    row = dossiers.row(number)
    with translation.override("en"):
        made = receipt.write(row, row.revisions.get())
    assert made.language == "fr"
