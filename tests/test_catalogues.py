"""Words: every refusal has some, every sentence has its English, every sentence is well set."""

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import translation

from guichet.domain.refusals import Code, Objection
from guichet.web import catalogues
from guichet.web.refusal_texts import TEXTS, explain

PACKAGE = Path(catalogues.PACKAGE)
APPS = sorted(
    path.parent.name for path in PACKAGE.glob("*/apps.py") if path.parent.name != "processes"
)
NARROW = "\u202f"
PLACES = re.compile(r"%\(\w+\)[sd]")
TAGS = re.compile(r"<[^>]+>")
# What xgettext finds is asked by several tests of every app: one worker runs it, once.
ASKS_XGETTEXT = pytest.mark.xdist_group("catalogues")


@cache
def english(app: str) -> Catalog | None:
    source = PACKAGE / app / "locale" / "en" / "LC_MESSAGES" / "django.po"
    return catalogues.read(source) if source.exists() else None


@pytest.fixture(scope="session")
def messages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Message, ...]]:
    """The sentences GNU xgettext finds in each app, read from a copy of it."""
    copy = tmp_path_factory.mktemp("sentences")
    skipped = shutil.ignore_patterns("locale", "static", "__pycache__", "migrations")
    for app in APPS:
        shutil.copytree(PACKAGE / app, copy / app, ignore=skipped)
        (copy / app / "locale").mkdir()
    command = [sys.executable, "-P", "-m", "django", "makemessages", "-l", "en", "-v0"]
    run = subprocess.run(
        command, cwd=copy, check=False, capture_output=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert run.returncode == 0, run.stderr.decode()
    found = {app: copy / app / "locale" / "en" / "LC_MESSAGES" / "django.po" for app in APPS}
    return {
        app: tuple(m for m in catalogues.read(source) if m.id) if source.exists() else ()
        for app, source in found.items()
    }


def first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


@pytest.mark.parametrize("code", Code)
def test_every_refusal_has_words(code: Code) -> None:
    assert code in TEXTS
    for language in ("fr", "en"):
        with translation.override(language):
            words = explain(Objection(code))
        assert all((words.title, words.detail, words.remedy)), (code, language)
        assert 400 <= words.status <= 599


@pytest.mark.parametrize("code", Code)
def test_every_refusal_is_translated(code: Code) -> None:
    catalogue = english("web")
    assert catalogue is not None
    with translation.override(None):
        texts = [str(text) for text in (TEXTS[code].title, TEXTS[code].detail, TEXTS[code].remedy)]
    missing = [text for text in texts if not catalogue.get(text) or not catalogue.get(text).string]
    assert not missing


@ASKS_XGETTEXT
@pytest.mark.parametrize("app", APPS)
def test_every_sentence_has_its_english(app: str, messages: dict[str, tuple[Message, ...]]) -> None:
    known = english(app)
    missing = []
    for message in messages[app]:
        found = known.get(message.id, message.context) if known else None
        strings = found.string if found else ""
        if not all(strings if isinstance(strings, tuple | list) else (strings,)):
            missing.append(first(message))
    assert not missing


@pytest.mark.parametrize("app", APPS)
def test_english_has_the_places_and_tags_of_the_french(app: str) -> None:
    known = english(app)
    wrong = []
    for message in known or ():
        if not message.id or not isinstance(message.id, str):
            continue
        french, translated = message.id, message.string
        if any(sorted(p.findall(french)) != sorted(p.findall(translated)) for p in (PLACES, TAGS)):
            wrong.append(french)
    assert not wrong


def test_sentences_go_by_names_that_xgettext_knows() -> None:
    """It looks for `_` and Django's own names: under another, a sentence stays French."""
    renamed = re.compile(r"\w*gettext\w* as (?!_$)(\w+)$", re.MULTILINE)
    sources = {path: renamed.findall(path.read_text()) for path in PACKAGE.rglob("*.py")}
    assert len(sources) > 500
    assert {str(path): names for path, names in sources.items() if names} == {}


@ASKS_XGETTEXT
@pytest.mark.parametrize("app", APPS)
def test_no_translation_outlives_its_sentence(
    app: str, messages: dict[str, tuple[Message, ...]]
) -> None:
    known = english(app)
    living = {(message.context, first(message)) for message in messages[app]}
    assert [m.id for m in known or () if m.id and (m.context, first(m)) not in living] == []


def test_no_sentence_has_two_translations() -> None:
    """Django puts the catalogues of all apps together: of two, readers would see one everywhere.

    Where French has one word for two things, a context tells them apart (`pgettext`).
    """
    said: dict[tuple[str | None, str], set[str]] = {}
    for app in APPS:
        for message in english(app) or ():
            strings = (
                message.string if isinstance(message.string, tuple | list) else (message.string,)
            )
            said.setdefault((message.context, first(message)), set()).add("|".join(strings))
    assert {text: found for text, found in said.items() if len(found) > 1 and text[1]} == {}


@ASKS_XGETTEXT
@pytest.mark.parametrize("app", APPS)
def test_french_is_well_set(app: str, messages: dict[str, tuple[Message, ...]]) -> None:
    """Typographic apostrophes; a narrow no-break space before ; : ! ? » and after «."""
    wrong = []
    for message in messages[app]:
        text = TAGS.sub("", PLACES.sub("x", first(message)))
        if (
            re.search(r"\w'\w", text)
            or re.search(r"[ \u00a0][;:!?»]", text)
            or re.search(r"\w[;!?](?=\s|$)", text)
            or re.search(rf"«(?!{NARROW})", text)
        ):
            wrong.append(text)
    assert not wrong


def test_catalogues_compile(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE / "web" / "locale", tmp_path / "web" / "locale")
    for stale in tmp_path.rglob("*.mo"):
        stale.unlink()
    assert catalogues.compile_all(tmp_path) == 1
    (compiled,) = tmp_path.rglob("*.mo")
    assert catalogues.compile_all(tmp_path, anew=False) == 0
    written = compiled.with_suffix(".po").stat().st_mtime_ns
    os.utime(compiled, ns=(written, written))
    assert catalogues.compile_all(tmp_path, anew=False) == 1
    compiled.unlink()
    assert catalogues.compile_all(tmp_path, anew=False) == 1


def test_a_broken_catalogue_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "web" / "locale" / "en" / "LC_MESSAGES" / "django.po"
    broken.parent.mkdir(parents=True)
    broken.write_text('msgid "a"\nnonsense "b"\n')
    with pytest.raises(catalogues.CatalogueError, match=r"django\.po"):
        catalogues.compile_all(tmp_path)
