"""Backups: made while others write, refused when altered, restored although reality went on."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from faults import sites
from faults.backup_keys import PROTECTED, Key, made_key
from faults.sites import MakeSite, Site
from guichet.cli import app
from guichet.cli import base as command_line
from guichet.processes.backup import encryption
from guichet.processes.backup.refusals import BackupError
from guichet.processes.restore import mark
from kit import commands

PROCESS = Path(__file__).with_name("backup_process.py")
PAGE = "how-to/sauvegarder-et-restaurer"
COPIED = ("published", "checkpoints.jsonl")
CODE = "ACI-EL-ORG-TEST"
GAP = 1000
pytestmark = pytest.mark.xdist_group("backups")  # one installation is made for all of them
MOVED, LATER = 100, 50  # the clock of the restored machine is behind that of the lost one


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    return made_key(tmp_path_factory.mktemp("keys"), "identity")


@pytest.fixture(scope="module")
def prepared() -> Iterator[MakeSite]:
    """Copies of one installation; made once."""
    with sites.forging(PROCESS) as prepare:
        yield prepare("prepare")


@pytest.fixture(scope="module")
def backup(prepared: MakeSite, key: Key) -> Path:
    """One backup, of a copy that nothing else happens to."""
    found: str = prepared().run("back-up", "to", key.recipient, 5)["path"]
    return Path(found)


def test_what_is_in_it(prepared: MakeSite, key: Key) -> None:
    """Everything that is needed; never the passphrase beside the keys; the older ones go."""
    site = prepared()
    made = site.run("back-up", "to", key.recipient, 5)
    names = set(made["names"])
    assert {"django-secret", "checkpoints.jsonl", "registers.sqlite"} < names
    assert {"state/attachments/ab/1", f"keystore/{CODE}.pem", "state/backup/key.pem"} < names
    assert len(names & {"database.sqlite3", "database.dump"}) == 1
    assert not [name for name in names if "published" in name or name.endswith("secrets/keystore")]
    assert "secrets/keystore" in made["left_out"]
    assert Path(made["path"]).stat().st_mode & 0o777 == 0o600
    found = key.verify(Path(made["path"]))
    assert dict(found.manifest.database.tables) == made["tables"]
    assert found.journal.entries == made["seq"] == made["tables"]["journal_entry"]
    assert (CODE, 0) in {(code, shard) for code, shard, _ in found.manifest.database.lists}
    site.run("back-up", "to", key.recipient, 6)
    third = site.run("back-up", "to", key.recipient, 7)
    assert third["removed"] == [Path(made["path"]).name]


def test_while_others_write(prepared: MakeSite, key: Key) -> None:
    """A copy of one instant: restored, its tables and its journal tell the same."""
    site = prepared()
    writing, copying = site.together(["write-until-told"], ["back-up-while-writing", key.recipient])
    assert (writing["end"], copying["end"]) == (0, 0)
    made = copying["answer"]
    assert key.verify(Path(made["path"])).journal.entries == made["seq"]
    kept = site.state.with_suffix(".age")
    Path(made["path"]).rename(kept)
    end = len(site.report()["certificates"])
    site.run("wipe")
    assert site.run("put-in-place", str(kept), str(key.file), 30)["aside"] == ""
    site.run("confirm", 31)
    after = site.run("standing", 32)
    assert after["faults"] == []
    writers = [name for name in after["requests"] if name.startswith("writer:")]
    assert 0 < len(writers) < writing["answer"] <= end


@pytest.mark.parametrize(
    ("place", "change", "words"),
    [
        ("end", "cut", "cut or altered"),
        ("middle", "cut", "cut or altered"),
        ("start", "cut", "no backup"),
        ("middle", "flip", "cut or altered"),
        ("start", "flip", "no backup|does not open"),
    ],
)
def test_altered(
    backup: Path, key: Key, tmp_path: Path, place: str, change: str, words: str
) -> None:
    """Cut or changed anywhere, it is refused."""
    content = bytearray(backup.read_bytes())
    where = {"start": 40, "middle": len(content) // 2, "end": len(content) - 1}[place]
    if change == "cut":
        del content[where:]
    else:
        content[where] ^= 1
    (tmp_path / "altered.age").write_bytes(content)
    with pytest.raises(BackupError, match=words):
        key.verify(tmp_path / "altered.age")


def test_wrong_keys(backup: Path, key: Key, tmp_path: Path) -> None:
    """Another private key does not open it; another installation's is told apart."""
    signer = key.verify(backup).signer
    assert key.verify(backup, key=signer).signer == signer
    with pytest.raises(BackupError, match="encrypted to another public key"):
        made_key(tmp_path, "other").verify(backup)
    with pytest.raises(BackupError, match=f"another installation.*{re.escape(signer)}"):
        key.verify(backup, key="A" * 43 + "=")


def test_on_a_terminal(backup: Path, key: Key, tmp_path: Path) -> None:
    """Said in words, without a trace; what is no verb of “restore” is a file."""
    run = CliRunner().invoke
    told = run(app, ["backup", "verify", str(backup), "-i", str(key.file)])
    assert told.exit_code == 0, told.output
    for words in ("The backup is whole", "Its journal is whole", "not in it: secrets/keystore"):
        assert words in told.output
    told = run(app, ["restore", str(tmp_path / "none.age"), "-i", str(key.file)])
    assert (told.exit_code, "There is no file" in told.output) == (1, True)
    told = run(app, ["backup", "keygen", "--to", str(key.file)])
    assert (told.exit_code, "File exists" in told.output) == (1, True)


def test_a_key_under_a_passphrase(tmp_path: Path) -> None:
    """As age itself writes it; the wrong passphrase is told."""
    file = tmp_path / "identity"
    (block,) = commands.told(PAGE)
    typed = "une phrase secrète\n" * 2
    (said,) = commands.guichet(block, {"cle-de-sauvegarde": str(file)}, typed)
    assert b"AGE-SECRET" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600
    (found,) = encryption.read_identities(file, ask=lambda _: "une phrase secrète")
    assert f"GUICHET_BACKUP_RECIPIENT={found.to_public()}" in said
    file.write_text(PROTECTED)
    with pytest.raises(BackupError, match="no private key"):
        encryption.read_identities(file, ask=lambda _: "une phrase")
    with pytest.raises(BackupError, match="does not open"):
        encryption.read_identities(file, ask=lambda _: "une autre")


@pytest.mark.parametrize("stage", ["copied", "encrypting", "naming"])
def test_killed_while_it_is_made(prepared: MakeSite, key: Key, stage: str) -> None:
    """No file of its name is left, and nothing in clear once another was made."""
    site = prepared()
    site.dies("back-up", "to", key.recipient, 5, stage)
    assert list((site.state / "to").glob("*.age")) == []
    made = site.run("back-up", "to", key.recipient, 6)
    assert key.verify(Path(made["path"])).journal.entries == made["seq"]
    assert [path.name for path in (site.state / "to").iterdir()] == [Path(made["path"]).name]
    assert list(site.state.rglob(".backup-*/")) == []


def plan_one(site: Site) -> None:
    """A request is planned, and not signed."""
    site.run("ask", "planned:1", 1)
    site.dies("sign", 2, "planned")


def begun(site: Site, key: Key) -> Path:
    """A backup with a request planned and not signed, kept elsewhere."""
    plan_one(site)
    made = Path(site.run("back-up", "to", key.recipient, 5)["path"])
    return made.rename(site.state.with_suffix(".age"))


def test_older_than_reality(prepared: MakeSite, key: Key) -> None:
    """Restored over what went on: nothing is signed before all that was lost is confirmed."""
    site = prepared()
    kept = begun(site, key)
    real = site.run("go-on", MOVED)
    assert "Nothing was changed" in site.run("refused", str(kept), str(key.file), LATER)
    laid = site.run("put-in-place", str(kept), str(key.file), LATER)
    assert laid["asked"] == 1
    assert (Path(laid["aside"]) / "attachments" / "ab" / "1").is_file()
    assert "guichet restore check" in site.run("try-to-sign", LATER)

    found = site.run("check")
    assert found["certificates"] == [real["issued"]]
    assert found["revocations"] == [real["revoked"]]
    assert found["planned"] == [real["planned"]]
    assert found["numbers"] == {CODE: real["number"]}
    assert found["unread"] == []
    assert not found["another"]
    held = key.verify(kept).manifest.database.seq
    assert found["lost"] == real["seq"] - held
    for said in (f"{found['lost']} entries are lost", real["issued"], real["revoked"]):
        assert said in found["text"]
    assert "guichet restore check" in site.run("try-to-sign", LATER), "a check lifts nothing"

    adopted, revoked, _ = site.run("confirm", LATER)
    assert (adopted, revoked) == (1, 1)
    assert site.run("confirm-again", LATER) == "move-forbidden"
    assert site.run("try-to-sign", LATER) == "1", "what was planned"
    after = site.run("standing", LATER + 1)
    assert after["number"] == real["number"] + GAP + 1
    assert after["listed"] == [real["revoked"]]
    assert after["dates"] == ["2026-11-24 12:01:40+00:00"], "as it was published"
    assert site.run("revoke", real["issued"]), "although nothing but its serial is known"
    revoked = site.run("standing", LATER + 2)
    assert sorted(revoked["listed"]) == sorted([real["revoked"], real["issued"]])
    assert revoked["faults"] == []
    assert real["revoked"] in after["products"]
    assert after["requests"]["planned:1"] == real["planned"]
    assert after["serials"].count(real["issued"]) == 1
    assert len(set(after["serials"])) == len(after["serials"])
    assert after["recoveries"] == ["confirmed"]
    told = {"backup-made", "state-restored", "certificate-adopted", "recovery-confirmed"}
    assert told - {"backup-made"} <= set(after["events"]), "a backup is told after it was made"
    assert after["faults"] == []
    again = site.run("back-up", "again", key.recipient, 90)
    assert key.verify(Path(again["path"])).journal.entries == again["seq"], "as any other"
    assert not [name for name in again["names"] if "before-restore" in name]


def test_with_only_what_is_kept_elsewhere(prepared: MakeSite, key: Key, tmp_path: Path) -> None:
    """The machine is lost: what was copied of it tells the same, by the commands of the guide."""
    daily, verify, lay, check, confirm = commands.told(PAGE)
    site, copied = prepared(), {name: tmp_path / name for name in COPIED}
    known = {f"/mnt/copie/{name}": str(path) for name, path in copied.items()}
    known |= {"/mnt/sauvegardes": str(tmp_path), "cle-de-sauvegarde": str(key.file)}

    def typed(block: str, answer: str = "", verb: str = "command") -> str:
        said: str = site.run(verb, block, json.dumps(known), answer, key.recipient)
        return said

    plan_one(site)
    typed(daily)
    (made,) = tmp_path.glob("guichet-*Z.age")
    known |= {"guichet-20261126T020000Z.age": str(made), "3SUrR9PX…=": key.verify(made).signer}
    assert "The backup is whole" in commands.guichet(verify, known)[0]
    real = site.run("go-on", MOVED)
    shutil.move(site.state / "published", copied["published"])
    shutil.copyfile(site.state / "journal/checkpoints.jsonl", copied["checkpoints.jsonl"])
    site.run("wipe")
    # Nobody is asked what may be replaced: nothing is there.
    assert "Nothing is signed yet" in typed(lay, verb="command-before-the-database")
    site.run("publish", LATER)
    assert not (site.state / "published" / "validation.lmdb").exists(), (
        "it may call lost ones valid"
    )
    alone = site.run("check")
    assert (alone["certificates"], alone["revocations"], alone["lost"]) == ([], [], 0)
    assert "No published list or status was read" in alone["text"]
    assert site.run("check", str(copied["published"]), "/nowhere")["unread"]
    told = typed(check)
    assert {real["issued"], real["revoked"]} <= set(told.split())
    # Lost; planned, and signed again; revoked since.
    counted = re.findall(r"(CERTIFICATES|REVOCATIONS)  (\d+) were", told)
    assert counted == [("CERTIFICATES", "1"), ("CERTIFICATES", "1"), ("REVOCATIONS", "1")]
    (lost,) = re.findall(r"(\d+) entries are lost", told)
    assert "1 certificates adopted, 1 revocations put back" in typed(confirm, f"{lost}\n")
    after = site.run("standing", LATER + 1)
    assert (after["number"], after["listed"]) == (real["number"] + GAP + 1, [real["revoked"]])
    assert (after["recoveries"], after["faults"]) == (["confirmed"], [])


@pytest.mark.parametrize("stage", ["verified", "aside", "sent", "replaced"])
def test_killed_while_it_is_put_in_place(
    prepared: MakeSite, backup: Path, key: Key, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """Nothing runs from what is half in place; the same command puts all in place."""
    site = prepared()
    site.run("ask", "lost:1", 20)
    if stage == "verified":
        with pytest.raises(AssertionError, match="'end': -9"):
            site.run("put-in-place", str(backup), str(key.file), 30, stage)
        assert not mark.exists(site.state), "nothing was touched"
        assert "lost:1" in site.report()["requests"]
    else:
        (ended,) = site.together(["put-in-place", str(backup), str(key.file), 30, stage])
        assert ended["end"] == -9
        monkeypatch.setenv("GUICHET_STATE", str(site.state))
        with pytest.raises(typer.Exit):
            command_line.django_set_up()
    laid = site.run("put-in-place", str(backup), str(key.file), 31)
    assert (site.state / "secrets" / "keystore").exists() is False
    assert (site.state / "attachments" / "ab" / "1").stat().st_mode & 0o777 == 0o640
    assert (site.state / "attachments").stat().st_mode & 0o777 == 0o750
    assert laid["asked"] == (stage == "verified")
    assert not mark.exists(site.state)
    assert "guichet restore check" in site.run("try-to-sign", 32)
    site.run("confirm", 33)
    after = site.run("standing", 34)
    assert "lost:1" not in after["requests"]
    assert {"attachments/ab/1", f"keystore/{CODE}.pem", "secrets/django"} < set(after["files"])
    assert after["faults"] == []
