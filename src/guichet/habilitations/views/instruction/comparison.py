"""Side by side: what was declared, what the registers say, and what to think of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from guichet.directories.values import CardHolder
from guichet.domain.dossier.checks import CardFacts, Level, Rule, Verdict
from guichet.domain.dossier.typed import ADMINISTRATORS, Typed, differences
from guichet.domain.person_names import Match, compare
from guichet.domain.texts import folded
from guichet.habilitations import registers, texts
from guichet.habilitations.outlook import Outlook, worst


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict in words."""

    sentence: str
    remedy: str
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One path: declared and registered texts, what was found, what was asked and changed."""

    path: str
    label: str
    declared: str
    known: tuple[str, ...]
    differs: bool
    findings: tuple[Finding, ...]
    level: Level | None
    asked: str = ""
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the form."""

    key: str
    title: str
    lines: tuple[Line, ...]

    @property
    def level(self) -> Level | None:
        """The worst of its lines; None where nothing was checked."""
        found = [line.level for line in self.lines if line.level]
        return worst(tuple(Verdict(Rule.CARD, "", level, "") for level in found)) if found else None


def compared(
    found: Outlook,
    company: Mapping[str, Any],
    *,
    before: Typed | None = None,
    asked: Mapping[str, str] | None = None,
) -> tuple[Part, ...]:
    """The whole form; `before` is the revision it replaced, `asked` a pending correction."""
    known = _Known(found, company)
    changes = {d.path: d.before for d in differences(before, found.typed)} if before else {}
    parts = []
    for section in texts.SECTIONS:
        lines = tuple(
            _line(path, found, known, changes.get(path), (asked or {}).get(path, ""))
            for path in found.typed.paths()
            if texts.section_of(path) == section.key and _is_shown(path, found.typed, known)
        )
        if lines:
            parts.append(Part(section.key, str(section.short), lines))
    return tuple(parts)


def findings_of(verdicts: tuple[Verdict, ...]) -> tuple[Finding, ...]:
    """Verdicts in words, the gravest first."""
    found = [Finding(*texts.finding_words(v), v.level) for v in verdicts]
    order = (Level.BLOCKING, Level.WARNING, Level.UNVERIFIED, Level.OK)
    return tuple(sorted(found, key=lambda finding: order.index(finding.level)))


def _is_shown(path: str, typed: Typed, known: "_Known") -> bool:
    """A path left empty that no register speaks of says nothing."""
    return bool(typed.get(path)) or bool(known.of(path))


def _line(path: str, found: Outlook, known: "_Known", before: str | None, asked: str) -> Line:
    verdicts = (*(v for v in found.verdicts if v.path == path), *known.verdicts(path))
    text = found.typed.get(path)
    differs = known.differs(path, text)
    return Line(
        path=path,
        label=texts.label_of(path, found.typed),
        declared=texts.shown(path, text) if text else "",
        known=known.of(path),
        differs=differs or any(v.level in {Level.WARNING, Level.BLOCKING} for v in verdicts),
        findings=findings_of(verdicts),
        level=worst(verdicts) if verdicts else None,
        asked=asked,
        before=before,
    )


class _Known:
    """What the registers say of each path, in words."""

    def __init__(self, found: Outlook, company: Mapping[str, Any]) -> None:
        self._found = found
        self._texts: dict[str, tuple[str, ...]] = dict(_of_company(company))
        if found.declared and found.declared.finess:
            self._texts["structure.finess"] = tuple(_of_site(found))
        if found.representative:
            self._texts |= _of_holder(found.representative)
        if found.declared and found.facts:
            for who in found.declared.administrators:
                card = found.facts.cards.get(who.card_number.value)
                if card:
                    self._texts |= _of_card(f"{ADMINISTRATORS}.{who.row}", card)

    def of(self, path: str) -> tuple[str, ...]:
        """What the registers say; nothing where none speaks of it."""
        return self._texts.get(path, ())

    def differs(self, path: str, declared: str) -> bool:
        """Whether a declared name is not the registered one, to the letter but for its writing."""
        known = self.of(path)
        if not known or not declared or not path.endswith(("name", "names")):
            return False
        return folded(declared) != folded(known[0]) and not _is_same_person(declared, known[0])

    def verdicts(self, path: str) -> Iterator[Verdict]:
        """What to think of the representative's card, which no rule forbids."""
        declared, card = self._found.declared, self._found.representative
        if declared is None or not path.startswith("representative."):
            return
        if path == "representative.card_number":
            yield _representative_card(card, self._found)
        elif path == "representative.surname" and card is not None:
            name = f"{card.given_names} {card.surname}"
            match = compare(declared.representative.name, name)
            level = Level.OK if match is Match.SAME else Level.WARNING
            yield Verdict(Rule.HOLDER_NAME, match.value, level, path, (("holder", name),))


def _representative_card(card: CardHolder | None, found: Outlook) -> Verdict:
    path = "representative.card_number"
    if card is None:
        knows = found.facts is not None and found.facts.has_cards
        finding, level = ("unknown", Level.WARNING) if knows else ("unverified", Level.UNVERIFIED)
        return Verdict(Rule.CARD, finding, level, path)
    until = (("until", card.valid_until.isoformat()),)
    if card.is_opposed:
        return Verdict(Rule.CARD, "opposed", Level.WARNING, path, until)
    if card.valid_until < found.on:
        return Verdict(Rule.CARD, "expired", Level.WARNING, path, until)
    return Verdict(Rule.CARD, "valid", Level.OK, path, until)


def _is_same_person(declared: str, known: str) -> bool:
    return compare(declared, known) is Match.SAME


def _of_company(company: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    name = company.get("legal_name", "")
    activity = " ".join(filter(None, (company.get("naf_code"), company.get("naf_label"))))
    told = (name, company.get("legal_form", ""), activity, company.get("address", ""))
    if any(told):
        yield "siret", tuple(filter(None, told))
    if name:
        yield "structure.legal_name", (name,)
    if company.get("department_number"):
        place = f"{company.get('department_name', '')} ({company['department_number']})"
        yield "structure.postcode", (place,)


def _of_site(found: Outlook) -> Iterator[str]:
    declared = found.declared
    site = registers.register().site(declared.finess) if declared and declared.finess else None
    if site is None:
        return
    yield site.name
    if site.siret:
        yield _("SIRET %(siret)s") % {"siret": site.siret.value}
    if site.address.line:
        yield site.address.line


def _of_holder(card: CardHolder) -> dict[str, tuple[str, ...]]:
    period = {"from": date_format(card.valid_from), "until": date_format(card.valid_until)}
    return {
        "representative.surname": (card.surname,),
        "representative.given_names": (card.given_names,),
        "representative.card_number": (
            card.kind.label or card.kind.code,
            _("Valide du %(from)s au %(until)s") % period,
        ),
    }


def _of_card(path: str, card: CardFacts) -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {f"{path}.name": (card.holder_name,)}
    if card.valid_until:
        until = {"until": date_format(card.valid_until)}
        known[f"{path}.card_number"] = (_("Valide jusqu’au %(until)s") % until,)
    return known
