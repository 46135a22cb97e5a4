"""Every reader of ours that is given bytes from elsewhere, and how it may refuse them.

`make fuzz TARGET=name` asks one for as long as wanted (fuzz/run.py); the suite asks each a little
(fuzz/test_parsers.py). A reader that lets any other exception out is at fault.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.http import QueryDict
from django.utils import timezone

from fuzz import seeds
from guichet.automation.acme import envelope
from guichet.automation.acme.problems import Problem
from guichet.automation.est import clients as est_clients
from guichet.directories import online
from guichet.directories.readers import annuaire, finess, sirene
from guichet.directories.readers.files import Member, UnreadableFileError
from guichet.domain import client_hello, targets
from guichet.domain.acme.cert_ids import CertId
from guichet.domain.addresses import EmailAddress, Fqdn, MailDomain
from guichet.domain.ceremonies import share_text
from guichet.domain.ceremonies.shares import ShareError
from guichet.domain.est import labels, naming
from guichet.domain.identifiers import CardNumber, Finess, PersonId, Rpps, Siren, Siret, StructureId
from guichet.domain.orders import groups, request_archives
from guichet.domain.phones import Phone
from guichet.domain.refusals import Refusal
from guichet.domain.webhooks import HookUrl
from guichet.journal import notes, tiles
from guichet.orders.views.filtering import OrderFilterForm, ProductFilterForm
from guichet.processes.application import peer_of_headers
from guichet.validation.copies import manifest
from guichet.validation.copies.refusals import PublicationRefusedError
from guichet.x509 import (
    chains,
    cms,
    crl,
    crl_headings,
    csr,
    decode,
    der,
    identity,
    key_lists,
    keys,
    ocsp,
    private_keys,
    relying,
)
from guichet.x509.errors import Unreadable
from guichet_verify import reading as evidence
from guichet_verify import verifying

Reader = Callable[[bytes], Any]


@dataclass(frozen=True)
class Target:
    """A reader, the errors that it declares, and what it reads well."""

    read: Reader
    refuses: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]

    def ask(self, data: bytes) -> None:
        """Let it read; only what it declares may come out."""
        with suppress(*self.refuses):
            self.read(data)


def text(read: Callable[[str], Any]) -> Reader:
    """A reader of texts, given whatever bytes say in UTF-8."""
    return lambda data: read(data.decode("utf-8", "replace"))


def each(*readers: Callable[[str], Any]) -> Reader:
    """Several readers of one kind of text; each may refuse."""

    def read(data: bytes) -> None:
        for one in readers:
            with suppress(Refusal):
                one(data.decode("utf-8", "replace"))

    return read


def register(data: bytes) -> None:
    """A file of a register: who recognises it reads it to its end."""
    for reader in (annuaire, sirene, finess):
        member = Member("f", BytesIO(data), timezone.now().date(), lambda: 0.0)
        found = reader.read(member)
        if found is not None:
            list(found.rows)


def proxied(data: bytes) -> None:
    """A certificate in nginx's header: as it came, and within PEM, whatever it holds."""
    for escaped in (data.decode("latin-1"), seeds.escaped_pem(data)):
        told = {"HTTP_X_CLIENT_CERT": escaped, "HTTP_X_TLS_VERSION": "", "HTTP_X_TLS_CIPHER": ""}
        peer_of_headers(told)


def filters(data: bytes) -> None:
    """A query of the lists: whatever it says, a condition comes out."""
    query = QueryDict(data)
    now = timezone.now()
    OrderFilterForm(query).filters(query.get("page", "1"))
    ProductFilterForm(query).filters(query.get("page", "1")).condition(now)


def certificate(data: bytes) -> None:
    """Facts, description and names, as the bench and the inventory ask them."""
    decode.describe(data)
    identity.of_certificate(data)


def manifests(data: bytes) -> None:
    """The head of a publication, and the lists that it names."""
    for read in (manifest.Head.read, manifest.read_page, manifest.read_parts, manifest.read_files):
        with suppress(PublicationRefusedError):
            read(data)


def note(data: bytes) -> None:
    """A signed checkpoint, and keys as people hand them on."""
    content = data.decode("utf-8", "replace")
    for read in (notes.Note.parse, notes.VerifierKey.parse, notes.TreeHead.parse):
        with suppress(notes.NoteError):
            read(content)


def eab(data: bytes) -> None:
    """The inner message of an external account binding."""
    envelope.mac_of_members(envelope.json_object(data), ["HS256"])


IDENTIFIERS = (Siren, Siret, Finess, Rpps, StructureId, PersonId, CardNumber)
ADDRESSES = (EmailAddress, Fqdn, MailDomain, Phone)
X509 = (Unreadable,)
TARGETS: dict[str, Target] = {
    "acme": Target(envelope.read, (Problem,), seeds.MESSAGES),
    "acme-eab": Target(eab, (Problem,), seeds.BINDINGS),
    "acme-cert-id": Target(text(CertId.parse), (), (b"aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE",)),
    "addresses": Target(each(*(kind.parse for kind in ADDRESSES)), (), seeds.TEXTS),
    "archive": Target(request_archives.open_archive, (Refusal,), seeds.ARCHIVES),
    "certificate": Target(certificate, X509, seeds.CERTIFICATES),
    "chain": Target(relying.read_chain, X509, seeds.BUNDLES),
    "client-hello": Target(client_hello.read, X509, seeds.HELLOS),
    "cms": Target(lambda data: cms.signer(data, seeds.CONTENT), X509, seeds.SIGNATURES),
    "company": Target(
        lambda data: online._answer(data, Siret("99999003900011")),
        (online._NoAnswerError,),
        seeds.COMPANIES,
    ),
    "crl": Target(lambda data: (list(crl.entries(data)), crl.read(data)), X509, seeds.LISTS),
    "crl-heading": Target(crl_headings.read, X509, seeds.LISTS),
    "csr": Target(lambda data: csr.names_asked(csr.read(data)), X509, seeds.REQUESTS),
    "der": Target(
        lambda data: [one.children() for one in der.elements(data)], X509, seeds.CERTIFICATES
    ),
    "est-basic": Target(text(est_clients._basic), (Refusal,), (b"Basic YTpi",)),
    "est-label": Target(text(labels.parse), (Refusal,), (b"org-auth-cli", b"serv-ssl-serv.x")),
    "est-naming": Target(naming.read, (Refusal, Unreadable), seeds.DER_REQUESTS),
    "evidence": Target(evidence.read, (evidence.UnreadableError,), seeds.EVIDENCE),
    "evidence-verdict": Target(
        lambda data: verifying.verify(data, seeds.TRUST), (), seeds.EVIDENCE
    ),
    "filters": Target(filters, (), seeds.QUERIES),
    "group-lines": Target(
        lambda data: groups.read_lines(data, groups.COLUMNS), (Refusal,), seeds.LINES
    ),
    "identifiers": Target(each(*(kind.parse for kind in IDENTIFIERS)), (), seeds.TEXTS),
    "key-list": Target(lambda data: list(key_lists.read(BytesIO(data))), (), seeds.KEY_LISTS),
    "log-note": Target(note, (), seeds.NOTES),
    "log-tile": Target(lambda data: list(tiles.unbundled(data)), (tiles.TileError,), seeds.BUNDLED),
    "ocsp-answer": Target(
        lambda data: relying.read_answer(data, seeds.ISSUER, seeds.SERIAL, timezone.now()),
        X509,
        seeds.ANSWERS,
    ),
    "ocsp-request": Target(ocsp.read_request, X509, seeds.ASKED),
    "private-keys": Target(private_keys.find, (), seeds.KEY_LISTS),
    "proxy-header": Target(proxied, (), seeds.CERTIFICATES),
    "publication": Target(manifests, (), seeds.PUBLICATIONS),
    "register": Target(register, (UnreadableFileError,), seeds.REGISTERS),
    "share": Target(text(share_text.read), (ShareError,), seeds.SHARES),
    "spki": Target(keys.facts_of_spki, X509, seeds.KEYS),
    "targets": Target(text(targets.Target.parse), (ValueError,), (b"[::1]:80", b"a.b:1-2")),
    "verified": Target(
        lambda data: chains.verify((data,), (seeds.ISSUER,), (), timezone.now()),
        (chains.ChainError, Unreadable),
        seeds.CERTIFICATES,
    ),
    "webhook": Target(
        text(lambda url: HookUrl.parse(url, ())),
        (Refusal,),
        (b"https://automate.hopital.fr/x?y=1",),
    ),
}
