"""What a version is handed over with: places that agree, and a seal that openssl judges."""

import gettext
import gzip
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from guichet.authority.signer import Signer
from guichet.journal.timestamps import Authority
from guichet.keystore import FileKeystore, Keystore
from guichet.web import catalogues
from guichet.x509 import bundles
from kit import guides, packages, release, seal
from kit.tsa import Tsa, make_tsa

VERSION = release.number(release.ROOT)
EPOCH = 1_700_000_000
PKI_BASE = "http://pki.exemple.fr"
GUIDE = guides.Guide(guides.HOW_TO / "verifier-une-version.md")
MIGRATIONS = "tests/vectors/released_migrations.json"
ARTEFACTS = {"guichet.whl": b"a wheel", "requirements.txt": b"a lock"}


def test_every_place_says_the_same_version() -> None:
    """And has its date in the changelog."""
    assert list(release.disagreements(release.ROOT)) == []


def test_what_hinders_a_version_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that says another, migrations that nobody noted, what is not committed."""
    for name in ("pyproject.toml", MIGRATIONS, *release.PLACES):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(release.ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text("## Unreleased\n")
    monkeypatch.setattr(release, "_git", lambda *_: " M README.md")
    place, migrations, changed = release.hindrances(tmp_path)
    assert place == f"CHANGELOG.md: no version, where pyproject.toml says {VERSION}"
    assert migrations.startswith(
        f"released_migrations.json: write there the migrations of {VERSION}"
    )
    assert changed.endswith(" M README.md")


@pytest.mark.parametrize(
    ("held", "given", "told"),
    [
        (None, {"RELEASE_NEW_ROOT": "1"}, []),
        ("release-root.pem", {}, []),
        ("release-root.pem", {"RELEASE_NEW_ROOT": "1"}, ["holds something already"]),
        (None, {}, ["holds no authority of versions"]),
        ("guichet.db", {}, ["holds no authority of versions"]),
        ("release-root.pem", {"GUICHET_PKI_URL": ""}, ["GUICHET_PKI_URL: give the address"]),
        (None, {"RELEASE_STATE": ""}, ["RELEASE_STATE: name the folder"]),
        (None, {"RELEASE_STATE": str(release.ROOT / "var")}, ["`make clean` removes it"]),
    ],
)
def test_no_authority_is_made_unless_it_is_asked(
    held: str | None, given: dict[str, str], told: list[str], tmp_path: Path
) -> None:
    """Nor is one looked for where it would be lost; what to set is told."""
    if held:
        (tmp_path / held).touch()
    values = {"RELEASE_STATE": str(tmp_path), "GUICHET_PKI_URL": PKI_BASE} | given
    found = list(release.unready(release.ROOT, values))
    assert [want in said for want, said in zip(told, found, strict=True)] == [True] * len(told)


def test_a_counter_s_settings_do_not_reach_the_authority(tmp_path: Path) -> None:
    """Those of the guide's table do, and no other setting is in it."""
    heeded = {"GUICHET_PKI_URL": PKI_BASE, "GUICHET_JOURNAL_TSA": "http://tsa.exemple.fr"}
    others = {
        "GUICHET_DATABASE_URL": "postgresql:///guichet",
        "GUICHET_KEYSTORE": "pkcs11:token=guichet",
        "GUICHET_PKI_URL_FILE": "/etc/guichet/pki",
    }
    own = {"GUICHET_STATE": str(tmp_path), "GUICHET_ENVIRONMENT": "test"}
    values = {"RELEASE_STATE": str(tmp_path), "GUICHET_ENVIRONMENT": "production"} | heeded | others
    assert release.settle(values) == tmp_path
    assert values == {"RELEASE_STATE": str(tmp_path)} | heeded | own
    rows = "".join(re.findall(r"^\| `(?:GUICHET|RELEASE)_.*\|$", GUIDE.path.read_text(), re.M))
    named = set(re.findall(r"`((?:GUICHET|RELEASE)_[A-Z_]+)`", rows))
    assert named == {release.STATE, release.NEW_ROOT, *release.HEEDED}


def test_a_passphrase_is_drawn_for_a_keystore_without_keys(tmp_path: Path) -> None:
    """Once, for its owner alone; one that holds keys has its own, typed by somebody."""
    path = tmp_path / "passphrase"
    keystore = FileKeystore(str(tmp_path / "keys"), lambda: b"typed")
    release.ensure_passphrase(keystore, path)
    drawn = path.read_text()
    release.ensure_passphrase(keystore, path)
    assert (path.read_text(), path.stat().st_mode & 0o777) == (drawn, 0o600)
    assert len(drawn) > 40
    keystore.generate("root", "p-256")
    path.unlink()
    release.ensure_passphrase(keystore, path)
    assert not path.exists()


def test_what_another_commit_left_is_not_packed(tmp_path: Path) -> None:
    """A catalogue whose source is gone; the front end and the other catalogues are."""
    root, folder = tmp_path / "root", tmp_path / "staged"
    committed = ("src/guichet/web/static/mark.svg", "src/guichet/web/locale/en/django.po")
    built = (
        "src/guichet/web/static/build/guichet.css",
        "src/guichet/web/locale/en/django.mo",
    )
    for name in (*committed, *built, "src/guichet/gone/locale/en/django.mo"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    own = ["-c", "user.name=a", "-c", "user.email=a@exemple.fr", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", *committed], [*own, "commit", "-qm", "one"]):
        subprocess.run(["git", *words], cwd=root, check=True)
    packages.stage(root, folder)
    staged = {one.relative_to(folder).as_posix() for one in packages.files(folder)}
    assert staged == {*committed, *built}


def test_a_catalogue_bears_no_date_of_its_build(tmp_path: Path) -> None:
    """Nor the time zone of who compiled it: two builds of one source are the same octets."""
    source = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr "Language: en\\n"\n\nmsgid "Oui"\nmsgstr "Yes"\n')
    catalogues.compile_all(tmp_path)
    with source.with_suffix(".mo").open("rb") as compiled:
        read = gettext.GNUTranslations(compiled)
    assert read.info()["pot-creation-date"] == "1970-01-01 00:00+0000"
    assert read.gettext("Oui") == "Yes"


def test_a_wheel_is_the_same_whatever_the_umask(tmp_path: Path) -> None:
    """Its files may be read by all who install it; whoever packs it has the same octets."""
    project = tmp_path / "project"
    (project / "one").mkdir(parents=True)
    (project / "one" / "__init__.py").touch()
    (project / "pyproject.toml").write_text(
        '[project]\nname = "one"\nversion = "1"\n[tool.setuptools]\npackages = ["one"]\n'
    )
    found = []
    for mask in (0o022, 0o077):
        before = os.umask(mask)
        try:
            packed = packages.wheel(project, tmp_path, EPOCH)
        finally:
            os.umask(before)
        found.append(packed.read_bytes())
        with zipfile.ZipFile(packed) as opened:
            modes = {one.external_attr >> 16 & 0o777 for one in opened.infolist()}
        # setuptools lets whoever is in the group change the list of what a wheel holds.
        assert modes <= {packages.PLAIN, 0o664}
        packed.unlink()
        shutil.rmtree(project / "build")
    assert found[0] == found[1]


def test_git_reads_of_which_commit_an_archive_is(tmp_path: Path) -> None:
    """What the guide checks out to build the same; tar sees no file in it."""
    commit, packed = "0123456789abcdef" * 2 + "01234567", tmp_path / "one.tar.gz"
    packages.archive({"one/LICENSE": release.ROOT / "LICENSE"}, packed, EPOCH, commit)
    plain = gzip.decompress(packed.read_bytes())
    read = subprocess.run(
        ["git", "get-tar-commit-id"], input=plain, capture_output=True, check=True
    )
    assert read.stdout.decode().strip() == commit
    with tarfile.open(packed) as opened:
        assert opened.getnames() == ["one/LICENSE"]


@pytest.fixture
def stamping(tmp_path: Path) -> Tsa:
    """Who time-stamps."""
    return make_tsa(tmp_path / "tsa")


@pytest.fixture
def version(db: None, authority_keys: Keystore, stamping: Tsa, tmp_path: Path) -> Path:
    """A small version, sealed and stamped as a real one, with the root of who stamps beside it."""
    folder, now = tmp_path / "version", timezone.now()
    folder.mkdir()
    for name, content in ARTEFACTS.items():
        (folder / name).write_bytes(content)
    seal.make_authorities(authority_keys, PKI_BASE, now)
    signer = Signer(authority_keys, PKI_BASE)
    made = seal.seal(release.write_sums(folder), VERSION, signer, now)
    (folder / release.SIGNATURE).write_bytes(made.signature)
    (folder / release.AUTHORITY).write_text(bundles.pem(made.root))
    stamp = seal.time_stamp(made.signature, Authority("tsa", stamping.roots), stamping.reply)
    (folder / release.STAMP).write_bytes(stamp)
    shutil.copy(stamping.folder / "root.pem", folder / "horodatage-racine.pem")
    return folder


def judged(folder: Path) -> list[subprocess.CompletedProcess[str]]:
    """What each block of the guide ends with, run there."""
    scripts = [block.text for block in GUIDE.blocks() if block.mark == "run"]
    command = ["bash", "-euo", "pipefail", "-c"]
    return [
        subprocess.run([*command, one], cwd=folder, capture_output=True, text=True, check=False)
        for one in scripts
    ]


def test_the_guide_is_run(version: Path) -> None:
    """Every block holds, and says who signed what; the authority bears no operator's name."""
    root, signature, every, one, stamp = judged(version)
    assert [done.stderr for done in (root, signature, every, one, stamp) if done.returncode] == []
    # As OpenSSL 3.0 spaces names, and as later ones do.
    authority, sealed = (done.stdout.replace(" = ", "=") for done in (root, signature))
    assert f"O=GUICHET, CN={seal.ROOT_NAME}" in authority
    assert re.search(rf"O=GUICHET, .*CN=Guichet {re.escape(VERSION)}$", sealed, re.M)
    assert one.stdout.endswith(" *requirements.txt\n")
    assert "Time stamp" in stamp.stdout


def _another_root(folder: Path) -> None:
    shutil.copy(folder / "horodatage-racine.pem", folder / release.AUTHORITY)


def _another_list(folder: Path) -> None:
    (folder / "guichet.whl").write_bytes(b"another wheel")
    release.write_sums(folder)


def _another_lock(folder: Path) -> None:
    (folder / "requirements.txt").write_bytes(b"another lock")


def _nothing_stamped(folder: Path) -> None:
    (folder / release.SIGNATURE).write_bytes((folder / release.STAMP).read_bytes())


@pytest.mark.parametrize(
    ("alter", "refused"),
    [
        (_another_root, [False, True, False, False, False]),
        (_another_list, [False, True, False, False, False]),
        (_another_lock, [False, False, True, True, False]),
        (_nothing_stamped, [False, True, False, False, True]),
    ],
)
def test_what_was_altered_is_refused(
    alter: Callable[[Path], None], refused: list[bool], version: Path
) -> None:
    """By the block that looks at it."""
    alter(version)
    assert [done.returncode != 0 for done in judged(version)] == refused
