"""Plans as files: read and checked, or written from what is answered to a few questions."""

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.twins import Environment
from guichet.domain.ceremonies import reading
from guichet.domain.ceremonies.plan import DIVIDED, FIELDS, Custody, Do, HandOver, Plan, PlanError
from guichet.processes.ceremony.desk import Desk
from guichet.processes.ceremony.record import write_whole

READABLE: Final = 0o644
ASKED: Final = {
    "authority": "Authority, full code (* for every one)",
    "issuer": "Issuer, full code",
    "file": "File that is read, beside the plan",
    "out": "File that is written, beside the plan",
    "serial": "Serial number, hexadecimal",
    "reason": "Reason, of RFC 5280",
}


def load(path: Path) -> Plan:
    """Read a plan's file. Raises PlanError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise PlanError([f"{path} cannot be read: {error.strerror}"]) from error
    return reading.read(text, codes_of(named_environment(text)))


def named_environment(text: bytes) -> Environment:
    """The environment that a plan names; test when it names none, which its reading tells."""
    try:
        return Environment(tomllib.loads(text.decode()).get("environment", ""))
    except ValueError:
        return Environment.TEST


def codes_of(environment: Environment) -> tuple[str, ...]:
    """The authorities of an environment, each after the one that signs it."""
    return tuple(spec.code for spec in authorities.specs(environment))


def write(path: Path, desk: Desk, keystore: str, today: date) -> Plan:
    """Ask what a plan says, write it and read it back. Raises PlanError."""
    text = "\n".join(_lines(desk, keystore, today)) + "\n"
    plan = reading.read(text.encode(), codes_of(named_environment(text.encode())))
    write_whole(path, plan.text, READABLE)
    return plan


def _lines(desk: Desk, keystore: str, today: date) -> Iterator[str]:
    yield f"title = {_quoted(desk.ask('Title, as “Création de la hiérarchie”'))}"
    yield f"environment = {_quoted(_choice(desk, 'Environment', tuple(Environment)))}"
    yield f"place = {_quoted(desk.ask('Place'))}"
    yield f"day = {desk.ask(f'Day (nothing: {today})') or today}"
    yield f"keystore = {_quoted(desk.ask(f'Keystore (nothing: {keystore})') or keystore)}"
    witnesses = [name.strip() for name in desk.ask("Witnesses, commas between").split(",")]
    yield f"witnesses = [{', '.join(map(_quoted, filter(None, witnesses)))}]"
    custody = Custody(_choice(desk, "The keystore's secret", tuple(Custody)))
    yield from ("", "[secret]", f"custody = {_quoted(custody)}")
    if custody in DIVIDED:
        yield f"threshold = {desk.ask('How many shares open it')}"
    yield from _officers(desk, custody)
    yield from _acts(desk)


def _officers(desk: Desk, custody: Custody) -> Iterator[str]:
    while name := desk.ask("Officer's name (nothing: no other)"):
        yield from ("", "[[officer]]", f"name = {_quoted(name)}")
        yield f"role = {_quoted(desk.ask('Role'))}"
        certificate = desk.ask("Certificate of the card, PEM file beside the plan (or nothing)")
        if certificate:
            yield f"certificate = {_quoted(certificate)}"
        how = HandOver.NONE
        if custody in DIVIDED:
            how = HandOver(_choice(desk, "Share", tuple(HandOver)))
        yield f"share = {_quoted(how)}"


def _acts(desk: Desk) -> Iterator[str]:
    while chosen := _choice(desk, "Act (nothing: no other)", ("", *Do)):
        wanted, _allowed = FIELDS[Do(chosen)]
        yield from ("", "[[act]]", f"do = {_quoted(chosen)}")
        for name in ("authority", *wanted):
            yield f"{name} = {_quoted(desk.ask(ASKED[name]))}"


def _choice(desk: Desk, question: str, choices: tuple[str, ...]) -> str:
    shown = ", ".join(filter(None, choices))
    while (answer := desk.ask(f"{question}: {shown}")) not in choices:
        desk.say(f"One of {shown}.")
    return answer


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False)
