"""Reading a ceremony's plan: everything that is wrong is told at once."""

import tomllib
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from guichet.domain.catalogue import generations
from guichet.domain.catalogue.twins import Environment
from guichet.domain.ceremonies.plan import (
    DIVIDED,
    EVERY,
    FIELDS,
    Act,
    Custody,
    Do,
    HandOver,
    Officer,
    Plan,
    PlanError,
)
from guichet.domain.ceremonies.shares import is_quorum
from guichet.x509.crl import Reason

Kind = TypeVar("Kind", bound=StrEnum)
TOP = {"title", "environment", "place", "day", "keystore", "secret", "officer", "witnesses", "act"}


def read(text: bytes, codes: Collection[str]) -> Plan:
    """Read a plan; `codes` are the authorities of its environment, each after its parent.

    Raises PlanError with all that is wrong.
    """
    try:
        table = tomllib.loads(text.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PlanError([f"The plan is not TOML: {error}"]) from error
    return _Reader(table, text, codes).plan()


class _Reader:
    """One reading: what it read of a table, and what it found wrong on the way."""

    def __init__(self, table: Mapping[str, Any], text: bytes, codes: Collection[str]) -> None:
        self._table, self._text, self._codes = table, text, codes
        self._wrong: list[str] = []

    def plan(self) -> Plan:
        self._unknown("the plan", self._table, TOP)
        secret = self._tables("secret", [self._table.get("secret", {})])[0]
        plan = Plan(
            title=self._words(self._table, "title", "the plan"),
            environment=self._one_of(Environment, self._table, "environment", "the plan"),
            place=self._words(self._table, "place", "the plan"),
            day=self._day(),
            keystore=self._words(self._table, "keystore", "the plan"),
            custody=self._one_of(Custody, secret, "custody", "[secret]"),
            threshold=self._count(secret, "threshold"),
            officers=tuple(self._officers()),
            witnesses=tuple(self._witnesses()),
            acts=tuple(self._acts()),
            text=self._text,
        )
        self._whole(plan)
        if self._wrong:
            raise PlanError(self._wrong)
        return plan

    def _officers(self) -> list[Officer]:
        found = []
        for number, entry in enumerate(self._tables("officer"), start=1):
            where = f"officer {number}"
            self._unknown(where, entry, {"name", "role", "certificate", "share"})
            officer = Officer(
                name=self._words(entry, "name", where),
                role=self._words(entry, "role", where),
                certificate=str(entry.get("certificate", "")),
                share=self._one_of(HandOver, entry, "share", where),
            )
            if officer.share is HandOver.CARD and not officer.certificate:
                self._wrong.append(f"{where}: a share for a card wants its certificate")
            found.append(officer)
        return found

    def _acts(self) -> list[Act]:
        found: list[Act] = []
        for number, entry in enumerate(self._tables("act"), start=1):
            where = f"act {number}"
            kind = self._one_of(Do, entry, "do", where)
            wanted, allowed = FIELDS[kind]
            self._unknown(where, entry, {"do", "authority", *wanted, *allowed})
            given = {name: str(entry.get(name, "")) for name in (*wanted, *allowed)}
            self._wrong += [f"{where}: {kind} wants {name}" for name in wanted if not given[name]]
            self._values(where, given)
            authority = self._words(entry, "authority", where)
            codes = self._codes if authority == EVERY and kind is Do.CREATE else [authority]
            found += [Act(do=kind, authority=code, **given) for code in codes]
        return found

    def _values(self, where: str, given: Mapping[str, str]) -> None:
        if given.get("retires", "") not in {"", "yes", "no"}:
            self._wrong.append(f'{where}: retires is "yes" or "no"')
        if given.get("reason") and given["reason"] not in set(Reason):
            self._wrong.append(f"{where}: reason is one of {', '.join(Reason)}")
        for name in ("file", "out"):
            if "/" in given.get(name, ""):
                self._wrong.append(f"{where}: {name} names a file beside the plan, without folder")

    def _whole(self, plan: Plan) -> None:
        """What no part shows alone."""
        for act in plan.acts:
            named = {generations.series_of(code) for code in (act.authority, act.issuer, act.code)}
            unknown = named - {"", *self._codes}
            self._wrong += [
                f"{act.do}: no authority of {plan.environment} is called {code!r}; "
                f"there are {', '.join(self._codes)}"
                for code in sorted(unknown)
            ]
        if not plan.acts and plan.custody not in DIVIDED:
            self._wrong.append("the plan: nothing is to be done; add [[act]]")
        if not plan.officers:
            self._wrong.append("the plan: somebody must take part; add [[officer]]")
        names = [officer.name for officer in plan.officers]
        if len(set(names)) < len(names):
            self._wrong.append("the plan: two officers have the same name")
        self._custody(plan)

    def _custody(self, plan: Plan) -> None:
        if plan.custody in DIVIDED and not is_quorum(plan.threshold, len(plan.holders)):
            self._wrong.append(
                f"[secret]: threshold {plan.threshold} of {len(plan.holders)} officers who are "
                "given a share: from 2 to as many as they are, 15 at most"
            )
        if plan.custody not in DIVIDED and plan.holders:
            self._wrong.append(f'[secret]: {plan.custody} gives no share: write share = "none"')
        if plan.keystore.startswith("pkcs11:") and plan.custody is Custody.NEW:
            self._wrong.append(
                "[secret]: a token's PIN is set by its own tool; use custody = "
                '"divide": it is typed once, then divided'
            )
        if "pin-" in plan.keystore:
            self._wrong.append("keystore: a PIN is never written in a plan")

    def _tables(self, name: str, given: Any = None) -> list[Mapping[str, Any]]:
        found = self._table.get(name, []) if given is None else given
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            self._wrong.append(f"{name}: written as a table, [{name}] or [[{name}]]")
            return [{}]
        return found

    def _witnesses(self) -> list[str]:
        found = self._table.get("witnesses", [])
        if not isinstance(found, list):
            self._wrong.append('witnesses: a list of names, as ["Jeanne Martin"]')
            return []
        return [self._words({"name": each}, "name", "witnesses") for each in found]

    def _count(self, entry: Mapping[str, Any], name: str) -> int:
        value = entry.get(name, 0)
        if type(value) is int:
            return value
        self._wrong.append(f"[secret]: {name} is a number, without quotes")
        return 0

    def _unknown(self, where: str, entry: Mapping[str, Any], known: Collection[str]) -> None:
        for name in sorted(set(entry) - set(known)):
            self._wrong.append(f"{where}: nothing here is called {name!r}")

    def _words(self, entry: Mapping[str, Any], name: str, where: str) -> str:
        value = entry.get(name, "")
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self._wrong.append(f"{where}: {name} wants words, on one line")
            return ""
        return value.strip()

    def _one_of(self, kind: type[Kind], entry: Mapping[str, Any], name: str, where: str) -> Kind:
        try:
            return kind(entry.get(name, ""))
        except ValueError:
            self._wrong.append(f"{where}: {name} is one of {', '.join(kind)}")
            return next(iter(kind))

    def _day(self) -> date:
        value = self._table.get("day")
        if type(value) is date:
            return value
        self._wrong.append("the plan: day is a date, as 2026-11-24, without quotes")
        return date.min
