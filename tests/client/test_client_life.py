"""guichet-client: enrolled, renewed in time, put back when a server's test fails, revoked."""

import fcntl
import json
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from client.counter import LIFE, Desk
from guichet_client.errors import ClientError, Exit
from guichet_client.wording import Say

WAITS = ClientError(Exit.WAITING, Say.WAITING, order=12)
REFUSES = ClientError(Exit.REFUSED, Say.REFUSED, url="u", status=403, words="no right")


def program(path: Path, does: str) -> Path:
    """A command that a server's settings name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_certificate_is_installed_with_its_key_once(desk: Desk) -> None:
    usual = os.umask(0o077)
    code, told = desk.one("enrol", "www")
    os.umask(usual)
    assert (code, told["action"]) == (0, "enrolled")
    assert desk.live.readlink() == Path("versions/0001")
    key = load_pem_private_key((desk.live / "key.pem").read_bytes(), None)
    assert key.public_key() == desk.counter.asked[0].key.public_key()
    assert mode(desk.live / "key.pem") == 0o600
    assert mode(desk.live / "fullchain.pem") == 0o644
    # A server of another user goes through to what it may read, whatever the umask.
    assert {mode(f) for f in (desk.state, desk.live.parent, desk.live.resolve())} == {0o755}
    # A self-signed root is of no use to who receives it.
    assert (desk.live / "chain.pem").read_bytes() == b""
    assert not (desk.state / "www" / "pending").exists()
    code, told = desk.one("enrol", "www")
    assert (code, told["action"], len(desk.counter.asked)) == (0, "kept", 1)


def test_it_is_renewed_when_due_and_the_one_before_is_kept(desk: Desk) -> None:
    desk.one("enrol", "www")
    first = desk.serial()
    desk.time.at += LIFE - timedelta(days=31)
    assert desk.one("renew", "www")[1]["action"] == "not-due"
    # A third of 90 days before the end, and half of the spread: 30 - 3 days.
    desk.time.at += timedelta(days=3, hours=12, seconds=1)
    code, told = desk.one("renew", "www")
    assert (code, told["action"]) == (0, "renewed")
    assert desk.serial() != first
    replaced = desk.counter.asked[1].replaced
    assert replaced is not None
    assert replaced.leaf.serial_number == first
    for _ in range(2):
        assert desk.one("renew", "www", "--force")[1]["action"] == "renewed"
    kept = sorted(path.name for path in (desk.state / "www" / "versions").iterdir())
    assert kept == ["0003", "0004"]


def test_what_is_not_ready_is_taken_up_again_with_the_same_key(desk: Desk) -> None:
    desk.counter.failures = [WAITS]
    code, told = desk.one("enrol", "www")
    assert (code, told["action"]) == (Exit.WAITING, "waiting")
    assert mode(desk.state / "www" / "pending" / "key.pem") == 0o600
    assert desk.one("status", "www")[0] == Exit.WAITING
    code, told = desk.one("renew", "www")
    assert (code, told["action"]) == (0, "enrolled")
    before, after = desk.counter.asked
    assert (before.csr_der, after.progress["order"]) == (after.csr_der, 12)


def test_what_is_refused_is_given_up(desk: Desk) -> None:
    desk.counter.failures = [REFUSES]
    code, told = desk.one("enrol", "www")
    assert (code, told["problem"]) == (Exit.REFUSED, "refused")
    assert "no right" in told["message"]
    code, told = desk.one("status", "www")
    assert (code, told["action"]) == (Exit.ATTENTION, "absent")
    assert "no right" in told["message"]
    desk.one("enrol", "www")
    before, after = desk.counter.asked
    assert before.csr_der != after.csr_der


def test_a_servers_failed_test_puts_the_certificate_before_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    nginx = program(desk.folder / "bin" / "nginx", f'echo "$@" >> {desk.folder}/calls')
    monkeypatch.setenv("PATH", str(nginx.parent), prepend=os.pathsep)
    monkeypatch.setattr("guichet_client.hooks.SYSTEMD", desk.folder / "absent")
    desk.configure('[hooks]\nreload = ["nginx"]\n[[outputs]]\nformat = "pem"\n'
                   f'path = "{desk.folder}/copy.pem"\n')  # fmt: skip
    desk.one("enrol", "www")
    first, copy = desk.serial(), (desk.folder / "copy.pem").read_bytes()
    assert (desk.folder / "calls").read_text() == "-t -q\n-s reload\n"

    program(nginx, 'echo "unknown directive"; exit 1')
    code, told = desk.one("renew", "www", "--force")
    assert (code, told["problem"]) == (Exit.HOOK, "put_back")
    assert "unknown directive" in told["message"]
    assert desk.serial() == first
    assert (desk.folder / "copy.pem").read_bytes() == copy

    # Once the settings are mended, the certificate that is there already is used.
    program(nginx, "exit 0")
    code, told = desk.one("renew", "www")
    assert (code, told["action"], len(desk.counter.asked)) == (0, "installed", 2)
    assert desk.serial() != first
    assert (desk.folder / "copy.pem").read_bytes() != copy


def test_a_reload_that_failed_is_due_again(desk: Desk) -> None:
    hook = program(desk.folder / "hook", "exit 3")
    desk.configure(f'[hooks]\ncommands = [["{hook}", "now"]]\n')
    code, told = desk.one("enrol", "www")
    assert (code, told["problem"]) == (Exit.HOOK, "hook_failed")
    code, told = desk.one("status", "www")
    assert (code, told["action"]) == (Exit.ATTENTION, "hook-failed")
    assert str(hook) in told["last_error"]
    program(hook, f'echo "$1 $GUICHET_CLIENT_CERTIFICATE" > {desk.folder}/called')
    assert desk.one("renew", "www")[0] == 0
    assert (desk.folder / "called").read_text() == f"now {desk.live}/fullchain.pem\n"
    assert desk.one("status", "www")[1]["action"] == "good"


def test_revocation_is_confirmed_and_stops_renewal(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.one("enrol", "www")
    ask = ("revoke", "www", "--reason", "cessation")
    with open(os.devnull) as nobody:  # noqa: PTH123
        monkeypatch.setattr("sys.stdin", nobody)
        assert desk.one(*ask)[0] == Exit.USAGE
    assert not desk.counter.revoked
    assert desk.one(*ask, "--yes")[1]["action"] == "revoked"
    assert desk.counter.revoked == [(desk.serial(), "cessation")]
    assert desk.one("renew", "www", "--force")[0] == Exit.ATTENTION
    assert desk.one("enrol", "www")[1]["action"] == "enrolled"
    assert desk.one("status", "www")[1]["action"] == "good"


def test_a_rehearsal_changes_nothing(desk: Desk) -> None:
    assert desk.one("enrol", "www", "--dry-run")[1]["action"] == "would-enrol"
    assert not desk.state.exists()
    desk.one("enrol", "www")
    there = {path: path.stat().st_mtime_ns for path in desk.state.rglob("*")}
    desk.time.at += LIFE
    assert desk.one("renew", "www", "--dry-run")[1]["action"] == "would-renew"
    assert (
        desk.one("revoke", "www", "--reason", "theft", "--dry-run")[1]["action"] == "would-revoke"
    )
    assert {path: path.stat().st_mtime_ns for path in desk.state.rglob("*")} == there
    assert len(desk.counter.asked) == 1


def test_two_runs_never_work_at_once(desk: Desk) -> None:
    desk.state.mkdir()
    with (desk.state / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, told = desk.one("renew", "www")
        assert (code, told["problem"]) == (Exit.BUSY, "busy")
        assert desk.one("status", "www")[1]["action"] == "absent"
    assert desk.one("enrol", "www")[0] == 0


def test_what_stops_one_certificate_does_not_stop_the_next(desk: Desk) -> None:
    desk.one("enrol", "www")
    desk.configure("key = 1\n", name="bad")
    desk.time.at += LIFE - timedelta(days=1)
    code, told = desk.run("renew", "--all", "--jitter", "600")
    assert [one["action"] for one in told] == ["failed", "renewed"]
    assert code == Exit.CONFIGURATION
    assert desk.time.at.minute == 5  # half of the jitter


@pytest.mark.parametrize(
    ("later", "state", "code"),
    [
        (timedelta(days=30), "good", Exit.DONE),
        (LIFE - timedelta(days=20), "late", Exit.ATTENTION),
        (LIFE, "expired", Exit.ATTENTION),
    ],
)
def test_status_asks_for_attention_in_time(
    desk: Desk, later: timedelta, state: str, code: Exit
) -> None:
    desk.one("enrol", "www")
    desk.time.at += later
    found, told = desk.one("status")
    assert (found, told["action"]) == (code, state)
    assert told["not_after"].startswith("2026-05-30")


def test_a_key_may_serve_again_and_a_state_that_is_broken_is_begun_anew(desk: Desk) -> None:
    desk.configure('[key]\ntype = "rsa-2048"\nreuse = true\n')
    desk.one("enrol", "www")
    (desk.state / "www" / "state.json").write_text('{"plan": {"start": "yesterday"}')
    assert desk.one("renew", "www", "--force")[0] == 0
    before, after = desk.counter.asked
    assert before.key.public_key() == after.key.public_key()
    assert "last_run" in json.loads((desk.state / "www" / "state.json").read_text())


class Killed(BaseException):
    """The end of the program, where nothing is cleared away."""


def test_a_run_killed_anywhere_leaves_a_pair_that_matches_and_is_finished_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush, places = os.fsync, 0

    def killing(at: int) -> Callable[[int], None]:
        left = iter(range(at))

        def fsync(handle: int) -> None:
            flush(handle)
            if next(left, None) is None:
                raise Killed

        return fsync

    seen = desk.folder / "seen.pem"
    desk.configure(f'[hooks]\ncommands = [["cp", "{desk.live}/cert.pem", "{seen}"]]\n')
    desk.one("enrol", "www")
    while True:
        before, asked = desk.serial(), len(desk.counter.asked)
        monkeypatch.setattr(os, "fsync", killing(places))
        try:
            desk.run("renew", "www", "--force")
            break
        except Killed:
            places += 1
        finally:
            monkeypatch.setattr(os, "fsync", flush)
        assert_matching(desk.live)
        is_replaced = desk.serial() != before
        if is_replaced:
            assert desk.one("renew", "www")[1]["action"] == "not-due"
            assert seen.read_bytes() == (desk.live / "cert.pem").read_bytes(), "servers reloaded"
        desk.time.at += LIFE - timedelta(days=1)
        assert desk.one("renew", "www")[0] == 0
        assert desk.serial() != before
        assert_matching(desk.live)
        requests = {one.csr_der for one in desk.counter.asked[asked:]}
        assert is_replaced or len(requests) == 1, "one renewal, one order"
        assert not list((desk.state / "www").glob("**/.*"))
    assert places > 15


def assert_matching(live: Path) -> None:
    key = load_pem_private_key((live / "key.pem").read_bytes(), None)
    assert x509.load_pem_x509_certificate((live / "cert.pem").read_bytes()).public_key() == (
        key.public_key()
    )
