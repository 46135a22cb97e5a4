"""Group orders: lines judged together, requests gathered, placed and withdrawn all at once."""

import io
import json
import zipfile
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.orders.counter import (
    CODE,
    HOSPITAL,
    LABORATORY,
    WITHDRAWAL,
    Person,
    Sign,
    csr_pem,
    everything_stored,
    text_of,
)
from guichet.domain.refusals import Code
from guichet.journal import queries as journal
from guichet.orders import codes, groups
from guichet.orders.models import GroupLine, Order, OrderGroup, Product
from guichet.orders.operations import grouping
from kit import pki
from kit.refusals import assert_refused

GROUPS = "/produits/demander/groupe/"
COMMON = {
    "kind": "services",
    "profile": "ORG/AUTH_CLI",
    "structure_id": HOSPITAL,
    "actor_email": "a@hopital.fr",
}


def begun(somebody: Person, **changes: str) -> str:
    """A group with what is common; the address of its pages."""
    answer = somebody.post(f"{GROUPS}nouveau/", {**COMMON, **changes})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer["Location"].removesuffix("lignes/"))


def sent(somebody: Person, base: str, content: str | bytes) -> Any:
    data = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile("lignes.csv", data)
    return somebody.post(f"{base}lignes/", {"acte": "file", "lines_file": file})


def zipped(files: dict[str, str | bytes]) -> SimpleUploadedFile:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return SimpleUploadedFile("csr.zip", written.getvalue())


def with_requests(somebody: Person, count: int = 2) -> str:
    """A group whose lines have their requests; the address of its pages."""
    base = begun(somebody)
    names = [f"Service {n}" for n in range(1, count + 1)]
    assert sent(somebody, base, "service\n" + "\n".join(names)).status_code == 200
    files = {f"{name}.csr": csr_pem() for name in names}
    answer = somebody.post(f"{base}csr/", {"archive": zipped(files)})
    assert len(answer.context["gathered"].matched) == count
    return base


def private_pem(key: pki.Key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_group_from_file_to_products(sophie: Person, sign: Sign) -> None:
    """One file, one archive, one sending, one withdrawal; every code has its own salt."""
    base = with_requests(sophie)
    answer = sophie.post(f"{base}envoyer/")
    assert answer["Location"] == f"{base}?envoye=1"
    assert sophie.post(f"{base}envoyer/")["Location"] == answer["Location"]
    assert Order.objects.count() == 2
    assert {order.beneficiary for order in Order.objects.all()} == {"Service 1", "Service 2"}
    sign()
    assert "Retirer 2 certificats" in text_of(sophie.get(base))
    wrong = sophie.post(f"{base}retirer/", {**WITHDRAWAL, "code_again": "autre"})
    assert wrong.context["form"].errors["code_again"]
    assert sophie.post(f"{base}retirer/", WITHDRAWAL)["Location"] == f"{base}?retire=1"
    products = Product.objects.all()
    assert len({product.code_hash for product in products}) == 2
    for product in products:
        codes.check(product_number=product.number, code=CODE, by="test", at=timezone.now())
        with assert_refused(Code.REVOCATION_CODE_WRONG):
            codes.check(product_number=product.number, code="faux", by="test", at=timezone.now())
    told = json.loads(sophie.get(f"{base}certificats.json").content)["certificates"]
    assert [c["product"] for c in told] == [p.number for p in products.order_by("number")]
    archive = zipfile.ZipFile(io.BytesIO(sophie.get(f"{base}certificats.zip").content))
    assert all(archive.read(n).count(b"BEGIN CERTIFICATE") == 3 for n in archive.namelist())
    key = OrderGroup.objects.get().key
    assert [e.event for e in journal.entries_about(f"group:{key}")] == [
        "group-placed",
        "group-withdrawn",
    ]


def test_errors_are_told_by_line_and_column(sophie: Person) -> None:
    """Corrected in place or in the file sent again; what is good is not typed twice."""
    base = begun(sophie)
    text = "Service applicatif;Email de l’acteur\n;x@\nBloc;\nBLOC;a@b.fr\n"
    answer = sent(sophie, base, text.encode("utf-8"))
    assert answer.status_code == 422
    page = text_of(answer)
    assert "Ligne 1, colonne « Service applicatif »" in page
    assert "Ligne 1, colonne « Email de l’acteur »" in page
    assert "le même certificat que la ligne 2" in page
    assert 'value="x@"' in page
    assert "fichier : 4" in page
    again = sophie.get(f"{base}csr/")
    assert again["Location"] == f"{base}lignes/"
    typed = {"service-1": "Accueil", "service-2": "Bloc", "service-3": "", "acte": "continue"}
    assert sophie.post(f"{base}lignes/", typed)["Location"] == f"{base}csr/"
    assert [line.typed for line in GroupLine.objects.order_by("position")] == [
        {"service": "Accueil"},
        {"service": "Bloc"},
    ]
    wrong = sent(sophie, base, "couleur\nbleu")
    assert "couleur" in text_of(wrong)
    assert GroupLine.objects.count() == 2
    assert len(sophie.post(f"{base}lignes/", {**typed, "acte": "add"}).context["lines"]) == 12
    template = sophie.get(f"{base}modele.csv").content.decode("utf-8-sig")
    assert template.startswith('"Service applicatif";"Email de l’acteur"')


def test_each_structure_needs_its_right(sophie: Person) -> None:
    """REFUSED. One service for many structures: the line of the one not held is told."""
    base = begun(sophie, kind="structures", structure_id="", service="INSI-AUTO")
    answer = sent(sophie, base, f"structure\n{HOSPITAL}\n{LABORATORY}\n10B0999999\n")
    assert answer.status_code == 422
    found = [(o.position, o.objection.code) for o, _column, _words in answer.context["found"]]
    assert (2, Code.RIGHT_MISSING) in found
    assert not [position for position, _code in found if position == 1]
    assert sent(sophie, base, f"structure\n{HOSPITAL}").status_code == 200
    assert "INSI-AUTO" in text_of(sophie.get(f"{base}csr/"))


def test_archives_tell_what_went_where(sophie: Person) -> None:
    """By file name, by CN; unmatched, rivals and bad requests are told, good ones are kept."""
    base = begun(sophie)
    sent(sophie, base, "service\nUn\nDeux\nTrois\n")
    by_name = pki.csr(pki.fresh_key("p-256"), subject="DEUX")
    files = {"un.csr": csr_pem(), "x.csr": by_name, "1.csr": csr_pem(), "zut.csr": csr_pem()}
    answer = sophie.post(f"{base}csr/", {"archive": zipped({**files, "bad.csr": b"nothing"})})
    gathered = answer.context["gathered"]
    assert gathered.matched == ((1, "un.csr"), (2, "x.csr"))
    assert gathered.rivals == ("1.csr",)
    assert gathered.unmatched == ("zut.csr",)
    assert [refused.name for refused in gathered.refused] == ["bad.csr"]
    assert "1 ligne attend encore sa CSR" in text_of(answer)
    assert sophie.post(f"{base}envoyer/").status_code == 422
    assert Order.objects.count() == 0
    unsafe = sophie.post(f"{base}csr/", {"archive": zipped({"../un.csr": csr_pem()})})
    assert unsafe.status_code == 422
    sophie.post(f"{base}lignes/", {"service-1": "Deux", "service-2": "Un", "acte": "save"})
    rows = GroupLine.objects.order_by("position")
    assert [bool(row.csr) for row in rows] == [True, True]
    assert bytes(rows[0].csr) == by_name


def test_a_private_key_in_an_archive_is_burnt(sophie: Person) -> None:
    """REFUSED. Nothing of the archive is kept, and the key can never be certified."""
    base = begun(sophie)
    sent(sophie, base, "service\nUn\n")
    key = pki.fresh_key("p-256")
    files = {"un.csr": csr_pem(), "oups.key": private_pem(key)}
    answer = sophie.post(f"{base}csr/", {"archive": zipped(files)})
    assert answer.status_code == 422
    assert not GroupLine.objects.exclude(spki_sha256="").exists()
    burnt = sophie.post(f"{base}csr/", {"archive": zipped({"un.csr": csr_pem(key)})})
    assert [o.code for o in burnt.context["gathered"].refused[0].objections] == [Code.KEY_BURNT]
    cell = sophie.post(f"{base}lignes/", {"service-1": private_pem(key)[:290], "acte": "save"})
    assert cell.status_code == 422
    assert "PRIVATE KEY" not in everything_stored()


def test_all_orders_or_none(sophie: Person, authorities: object) -> None:
    """REFUSED. A key that became someone's meanwhile: its line is told, nothing is placed."""
    key = pki.fresh_key("p-256")
    base = begun(sophie)
    sent(sophie, base, "service\nUn\nDeux\n")
    sophie.post(f"{base}csr/", {"archive": zipped({"un.csr": csr_pem(), "2.csr": csr_pem(key)})})
    sophie.orders(csr_pem(key))
    before = everything_stored().count("order-placed")
    answer = sophie.post(f"{base}envoyer/")
    assert answer.status_code == 422
    assert [(line, words.code) for line, words in answer.context["refused"]] == [(2, Code.KEY_SEEN)]
    assert Order.objects.count() == 1
    assert everything_stored().count("order-placed") == before
    assert OrderGroup.objects.get().placed_at is None


def test_production_is_confirmed_once(sophie: Person, authorities: object, settings: Any) -> None:
    """All the orders of a group leave by one box ticked."""
    settings.GUICHET = replace(settings.GUICHET, environment="production")
    base = with_requests(sophie)
    refused = sophie.post(f"{base}envoyer/")
    assert refused.status_code == 422
    assert "Confirmez que vous demandez un certificat de PRODUCTION." in text_of(refused)
    assert not Order.objects.exists()
    assert sophie.post(f"{base}envoyer/", {"in_production": "on"}).status_code == 302
    assert Order.objects.count() == 2


def test_requests_made_by_the_page(sophie: Person) -> None:
    """One line after another; the same key twice is refused with a problem document."""
    base = begun(sophie)
    sent(sophie, base, "service\nUn\nDeux\n")
    csr = csr_pem()
    assert sophie.post(f"{base}csr/1/", {"csr": csr}).status_code == 204
    assert sophie.post(f"{base}csr/1/", {"csr": csr}).status_code == 204
    twice = sophie.post(f"{base}csr/2/", {"csr": csr})
    assert twice["Content-Type"] == "application/problem+json"
    assert json.loads(twice.content)["code"] == "key-seen"
    assert sophie.post(f"{base}csr/9/", {"csr": csr_pem()}).status_code == 404
    to_make = json.loads(sophie.get(f"{base}csr/").context["to_make"])
    assert [line["position"] for line in to_make] == [2]


def test_a_group_is_its_authors(sophie: Person, jeanne: Person, jean: Person, sign: Sign) -> None:
    """Not a stranger's, not even a colleague's: every address is unknown to others."""
    base = with_requests(sophie, 1)
    pages = ("", "etat/", "lignes/", "modele.csv", "csr/", "retirer/", "certificats.json")
    acts = ("lignes/", "abandonner/", "csr/", "csr/1/", "envoyer/", "retirer/")
    for other in (jeanne, jean):
        for path in pages:
            assert other.get(base + path).status_code == 404, path
        for path in acts:
            assert other.post(base + path, WITHDRAWAL).status_code == 404, path
    assert sophie.get(f"{GROUPS}{uuid4()}/lignes/").status_code == 404
    sophie.post(f"{base}envoyer/")
    assert sophie.post(f"{base}lignes/", {"service-1": "x"})["Location"] == base
    assert sophie.post(f"{base}abandonner/").status_code == 409
    key = OrderGroup.objects.get().key
    with assert_refused(Code.GROUP_UNKNOWN):
        grouping.withdraw_group(
            key=key, by=jeanne.actor, code=CODE, terms_accepted=True, at=timezone.now()
        )
    with assert_refused(Code.GROUP_NOT_READY):
        grouping.withdraw_group(
            key=key, by=sophie.actor, code=CODE, terms_accepted=True, at=timezone.now()
        )


def test_an_abandoned_group_is_gone(sophie: Person, nobody: Person) -> None:
    base = begun(sophie)
    sent(sophie, base, "service\nUn\n")
    assert sophie.post(f"{base}abandonner/")["Location"] == GROUPS
    assert not GroupLine.objects.exists()
    assert groups.groups_of(sophie.actor) == []
    assert "F413" in text_of(nobody.get(GROUPS))
    assert "F413" in text_of(nobody.get(f"{GROUPS}nouveau/"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"structure_id": ""}, "structure_id"),
        ({"structure_id": LABORATORY}, "structure_id"),
        ({"profile": "PS/SIGN"}, "profile"),
        ({"kind": "x"}, "kind"),
    ],
)
def test_what_is_common_is_checked(sophie: Person, changes: dict[str, str], field: str) -> None:
    answer = sophie.post(f"{GROUPS}nouveau/", {**COMMON, **changes})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]


def test_the_pages_of_a_group_read_little(
    sophie: Person, sign: Sign, django_assert_max_num_queries: Any
) -> None:
    """However many lines: the progress of a group takes one query for its orders."""
    base = with_requests(sophie, 3)
    sophie.post(f"{base}envoyer/")
    with django_assert_max_num_queries(15):
        sophie.get(base)
