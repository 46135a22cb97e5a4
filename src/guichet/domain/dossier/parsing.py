"""From what was typed to a declaration; every objection at once, each on its path."""

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from guichet.domain.dossier.declaration import (
    Administrator,
    CertificateType,
    Declaration,
    Quality,
    Representative,
    RppsRank,
    TypeAsked,
)
from guichet.domain.dossier.typed import ADMINISTRATORS, RPPS_RANKS, Typed
from guichet.domain.identifiers import (
    CardNumber,
    EmailAddress,
    Finess,
    Fqdn,
    MailDomain,
    Siret,
    StructureId,
)
from guichet.domain.phones import Phone
from guichet.domain.refusals import Code, Fact, Objection, Refusal
from guichet.domain.texts import clean, clean_lines, visible

T = TypeVar("T")
NAME: Final = 80
DESCRIPTION: Final = 4000
POSTCODE: Final = re.compile(r"[0-9]{5}", re.ASCII)
MAIL_DOMAINS: Final = {
    CertificateType.SERV_MAIL: "types.serv_mail_domain",
    CertificateType.PRO: "types.pro_mail_domain",
}


def parse(typed: Typed) -> Declaration:
    """The declaration that was typed, complete. Raises Refusal with all objections."""
    reader = _Reader(typed)
    found = _declaration(reader)
    if reader.objections or found is None:
        raise Refusal(reader.objections[0].code, all=tuple(reader.objections))
    return found


def objections(typed: Typed) -> tuple[Objection, ...]:
    """Everything that still stands between the form and its deposit; none when it is ready."""
    try:
        parse(typed)
    except Refusal as refusal:
        return refusal.all
    return ()


class _Reader:
    """Reads paths one after the other and keeps what was wrong instead of stopping."""

    def __init__(self, typed: Typed) -> None:
        self.typed = typed
        self.objections: list[Objection] = []

    def object(self, code: Code, path: str, **facts: Fact) -> None:
        """Note one objection."""
        self.objections.append(Objection(code, (("field", path), *facts.items())))

    def read(self, path: str, parser: Callable[[str], T], *, required: bool = True) -> T | None:
        """Parse the text of a path; None when it is wrong, or absent and not required."""
        text = self.typed.get(path).strip()
        if not text:
            if required:
                self.object(Code.FIELD_MISSING, path)
            return None
        try:
            return parser(text)
        except Refusal as refusal:
            facts = {n: f for n, f in refusal.facts.items() if n != "field"}
            self.object(refusal.code, path, **facts)
            return None

    def text(self, path: str, limit: int = NAME, *, required: bool = True) -> str | None:
        """A line of text made safe."""
        return self.read(path, lambda text: clean(text, limit=limit, field=path), required=required)

    def lines(self, path: str, limit: int) -> str | None:
        """Several lines of text made safe."""
        return self.read(path, lambda text: clean_lines(text, limit=limit, field=path))

    def answer(self, path: str) -> bool | None:
        """A question answered by yes or no."""
        given = self.typed.get(path)
        if given not in {"yes", "no"}:
            self.object(Code.CHOICE_MISSING, path)
            return None
        return given == "yes"


def _declaration(reader: _Reader) -> Declaration | None:
    siret = reader.read("siret", Siret.parse)
    legal_name = reader.text("structure.legal_name", 200, required=False) or ""
    postcode = reader.read("structure.postcode", _postcode, required=False) or ""
    cares = reader.answer("structure.cares_for_patients")
    finess = reader.read("structure.finess", Finess.parse, required=bool(cares))
    is_radiology = reader.answer("structure.is_radiology")
    ranks = tuple(_ranks(reader)) if is_radiology else ()
    representative = _representative(reader)
    administrators = tuple(_administrators(reader))
    description = reader.lines("use.description", DESCRIPTION)
    editor = reader.text("use.editor")
    solution = reader.text("use.solution")
    types = tuple(_types(reader))
    for box, code in (
        ("terms", Code.TERMS_NOT_ACCEPTED),
        ("accuracy", Code.ACCURACY_NOT_CERTIFIED),
    ):
        if not reader.typed.has(box):
            reader.object(code, box)
    if not (siret and representative and description and editor and solution):
        return None
    return Declaration(
        siret=siret,
        legal_name=legal_name,
        postcode=postcode,
        cares_for_patients=bool(cares),
        finess=finess,
        is_radiology=bool(is_radiology),
        rpps_ranks=ranks,
        representative=representative,
        administrators=administrators,
        description=description,
        editor=editor,
        solution=solution,
        types=types,
    )


def rpps_rank(text: str) -> str:
    """RPPS (11 digits, Luhn) and three digits of rank. Raises Refusal(RPPS_RANK_INVALID)."""
    digits = "".join(text.split())
    try:
        found = StructureId.parse(f"4{digits}")
    except Refusal as refusal:
        raise Refusal(Code.RPPS_RANK_INVALID, text=visible(text)) from refusal
    return found.identifier


def _ranks(reader: _Reader) -> Iterator[RppsRank]:
    rows = reader.typed.ids(RPPS_RANKS)
    if not rows:
        reader.object(Code.RPPS_RANK_MISSING, "structure.is_radiology")
    for row in rows:
        value = reader.read(f"{RPPS_RANKS}.{row}.number", rpps_rank)
        if value:
            yield RppsRank(row=row, value=value)


def _representative(reader: _Reader) -> Representative | None:
    quality = reader.read("representative.quality", _quality)
    surname = reader.text("representative.surname")
    given_names = reader.text("representative.given_names")
    phone = reader.read("representative.phone", Phone.parse)
    email = reader.read("representative.email", EmailAddress.parse)
    card = reader.read("representative.card_number", CardNumber.parse)
    if not (quality and surname and given_names and phone and email and card):
        return None
    return Representative(
        quality=quality,
        surname=surname,
        given_names=given_names,
        phone=phone,
        email=email,
        card_number=card,
    )


def _postcode(text: str) -> str:
    digits = "".join(text.split())
    if not POSTCODE.fullmatch(digits):
        raise Refusal(Code.POSTCODE_INVALID, text=visible(text))
    return digits


def _quality(text: str) -> Quality:
    try:
        return Quality(text)
    except ValueError as error:
        raise Refusal(Code.CHOICE_MISSING) from error


def _administrators(reader: _Reader) -> Iterator[Administrator]:
    rows = reader.typed.ids(ADMINISTRATORS)
    if not rows:
        reader.object(Code.ADMINISTRATOR_MISSING, ADMINISTRATORS)
    seen: set[str] = set()
    for row in rows:
        path = f"{ADMINISTRATORS}.{row}"
        card = reader.read(f"{path}.card_number", CardNumber.parse)
        name = reader.text(f"{path}.name", NAME * 2)
        phone = reader.read(f"{path}.phone", Phone.parse)
        email = reader.read(f"{path}.email", EmailAddress.parse)
        if card and card.value in seen:
            reader.object(Code.CARD_TWICE, f"{path}.card_number", card=card.value)
        if card and name and phone and email:
            seen.add(card.value)
            yield Administrator(row=row, card_number=card, name=name, phone=phone, email=email)


def _types(reader: _Reader) -> Iterator[TypeAsked]:
    typed = reader.typed
    chosen = [kind for kind in CertificateType if typed.has(f"types.{kind.value}")]
    if not chosen:
        reader.object(Code.TYPE_MISSING, "types.org")
    for kind in chosen:
        match kind:
            case CertificateType.ORG:
                yield TypeAsked(type=kind)
            case CertificateType.SERV_SSL:
                yield from _server(reader)
            case _:
                domain = reader.read(MAIL_DOMAINS[kind], MailDomain.parse)
                if domain:
                    yield TypeAsked(type=kind, mail_domain=domain)


def _server(reader: _Reader) -> Iterator[TypeAsked]:
    """A domain OR one server name (deck, Certificat logiciel SERVEUR usage SSL_SERVEUR)."""
    domain = reader.read("types.ssl_domain", Fqdn.parse, required=False)
    server = reader.read("types.ssl_server", Fqdn.parse, required=False)
    given = [p for p in ("types.ssl_domain", "types.ssl_server") if reader.typed.get(p).strip()]
    if len(given) != 1:
        reader.object(Code.DOMAIN_OR_SERVER, "types.ssl_server" if given else "types.ssl_domain")
    elif domain or server:
        yield TypeAsked(type=CertificateType.SERV_SSL, domain=domain, server=server)
