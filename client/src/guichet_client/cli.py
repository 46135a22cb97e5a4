"""The command line: parses, calls one thing for each certificate, prints, ends with one code."""

import json
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from guichet_client import clock as clocks
from guichet_client import exports, files, printing, settings, statuses, timer
from guichet_client.arguments import Arguments, parsed
from guichet_client.clock import Clock
from guichet_client.errors import ClientError, Exit, gravest
from guichet_client.keeping import Keeper
from guichet_client.outcomes import Outcome
from guichet_client.store import locked
from guichet_client.wording import Say

Work = Callable[[Keeper], Outcome]


def main(argv: Sequence[str] | None = None, clock: Clock | None = None) -> int:
    """Run one command; its exit code, as the README documents them."""
    printing.prepare()
    asked = parsed(argv)
    logging.basicConfig(level=logging.DEBUG if asked.verbose else logging.ERROR, stream=sys.stderr)
    try:
        outcomes = COMMANDS[asked.command](asked, clock or clocks.real())
    except (ClientError, OSError) as error:
        outcomes = [_failed("", _explained(error))]
    except KeyboardInterrupt:
        return 130
    _print(outcomes, asked)
    return int(gravest([one.code for one in outcomes]))


def _enrol(asked: Arguments, clock: Clock) -> list[Outcome]:
    if asked.dry_run:
        return _each(asked, clock, lambda keeper: keeper.rehearse(renews=False, force=asked.force))
    with locked(asked.state):
        return _each(asked, clock, _told(clock, lambda keeper: keeper.enrol(force=asked.force)))


def _renew(asked: Arguments, clock: Clock) -> list[Outcome]:
    if asked.dry_run:
        return _each(asked, clock, lambda keeper: keeper.rehearse(renews=True, force=asked.force))
    if asked.jitter:
        clock.sleep(clock.chance() * asked.jitter)
    with locked(asked.state):
        return _each(asked, clock, _told(clock, lambda keeper: keeper.renew(force=asked.force)))


def _status(asked: Arguments, clock: Clock) -> list[Outcome]:
    return _each(asked, clock, lambda keeper: statuses.status(keeper.settings, keeper, clock))


def _revoke(asked: Arguments, clock: Clock) -> list[Outcome]:
    if asked.dry_run:
        return _each(asked, clock, Keeper.rehearse_revocation)
    if not asked.yes and not _agreed(asked.names[0]):
        raise ClientError(Exit.USAGE, Say.NOT_CONFIRMED)
    with locked(asked.state):
        return _each(asked, clock, lambda keeper: keeper.revoke(asked.reason))


def _export(asked: Arguments, clock: Clock) -> list[Outcome]:
    def export(keeper: Keeper) -> Outcome:
        name, held = keeper.settings.name, keeper.store.current()
        if held is None:
            return keeper.absent()
        password = files.secret(asked.password_file) if asked.password_file else ""
        data = exports.made(held, asked.format, keeper.settings.wanted.name, password)
        facts = {"path": str(asked.output), "format": asked.format, "bytes": len(data)}
        if asked.dry_run:
            words = Say.WOULD_EXPORT.text(path=asked.output)
            return Outcome(name, "would-export", words, facts=facts)
        files.write(asked.output, data, mode=files.SECRET)
        return Outcome(name, "exported", Say.EXPORTED.text(path=asked.output), facts=facts)

    return _each(asked, clock, export)


def _install_timer(asked: Arguments, clock: Clock) -> list[Outcome]:
    texts = timer.units(asked.config, asked.state)
    if asked.dry_run:
        return [Outcome("", "would-install", "\n".join(texts.values()), facts={"units": texts})]
    written = timer.install(asked.unit_dir, texts, start=not asked.no_start)
    listed = [str(path) for path in written]
    say = Say.TIMER_WRITTEN if asked.no_start else Say.TIMER_STARTED
    words = say.text(paths=", ".join(listed))
    return [Outcome("", "installed", words, facts={"units": listed})]


COMMANDS: dict[str, Callable[[Arguments, Clock], list[Outcome]]] = {
    "enrol": _enrol,
    "renew": _renew,
    "status": _status,
    "revoke": _revoke,
    "export": _export,
    "install-timer": _install_timer,
}


def _each(asked: Arguments, clock: Clock, work: Work) -> list[Outcome]:
    """Work on every certificate named; what stops one does not stop the next."""
    names = list(asked.names) or settings.names(asked.config)
    if not names:
        raise ClientError(Exit.CONFIGURATION, Say.NOTHING_CONFIGURED, path=asked.config)
    return [_one(asked.config, name, asked.state, clock, work) for name in names]


def _one(config: Path, name: str, state: Path, clock: Clock, work: Work) -> Outcome:
    try:
        return work(Keeper(settings.read(config, name), state, clock))
    except (ClientError, OSError) as error:
        return _failed(name, _explained(error))


def _told(clock: Clock, work: Work) -> Work:
    """The same work, whose end or error `status` tells afterwards."""

    def remembering(keeper: Keeper) -> Outcome:
        at = clock.now().isoformat()
        try:
            done = work(keeper)
        except (ClientError, OSError) as error:
            keeper.store.remember(last_run=at, last_error=str(_explained(error)))
            raise
        keeper.store.remember(last_run=at, last_error=None)
        return done

    return remembering


def _explained(error: ClientError | OSError) -> ClientError:
    """The same; what the machine refused without a better word for it is told as it says it."""
    if isinstance(error, ClientError):
        return error
    return ClientError(Exit.FILES, Say.SYSTEM_REFUSED, error=error)


def _failed(name: str, error: ClientError) -> Outcome:
    action = "waiting" if error.code is Exit.WAITING else "failed"
    return Outcome(name, action, str(error), error.code, {"problem": error.say.name.lower()})


def _agreed(name: str) -> bool:
    if not sys.stdin.isatty():
        return False
    try:
        answer = input(Say.CONFIRM.text(name=name))
    except EOFError:  # Ctrl-D
        printing.write("\n")
        return False
    return answer.strip() == name


def _print(outcomes: list[Outcome], asked: Arguments) -> None:
    if asked.json:
        told = {"results": [one.as_json() for one in outcomes]}
        printing.write(json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        return
    for one in outcomes:
        write = printing.write if one.code is Exit.DONE else sys.stderr.write
        write(f"{one.name}: {one.words}\n" if one.name else f"{one.words}\n")
