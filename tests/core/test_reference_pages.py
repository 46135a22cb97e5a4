"""Reference pages drawn from the code: whole, and said in both languages."""

import re

import pytest

from guichet.cli.reference import commands, pages, states
from guichet.cli.reference.profiles import SUBJECTS
from guichet.cli.reference.words import Words
from guichet.conf.variables import VARIABLES
from guichet.domain.catalogue import profiles
from guichet.domain.certificates import naming
from guichet.domain.refusals import Code
from guichet.journal.events import Event
from guichet.notifications.wording.catalogue import every_kind
from guichet.x509 import names
from kit.pki import subject_for


@pytest.mark.parametrize("language", pages.LANGUAGES)
def test_reference_tells_everything_that_the_code_has(language: str) -> None:
    """Nothing is left out, and nothing is left in English (cli/reference/french.toml)."""
    words = Words(language)
    drawn = pages.drawn(words)
    expected = {
        "commands": [f"`{' '.join(path)}`" for path, _ in commands.every() if len(path) > 1],
        "settings": [f"`{variable.name}`" for variable in VARIABLES],
        "calls": ["`POST /orders`", "`GET /products/{number}`"],
        "profiles": [f"## {table['code']}" for table in profiles.tables().values()],
        "states": [f"`{state.value}`" for life in states.lives() for state in life.states],
        "refusals": [f"## {code.value}\n" for code in Code],
        "events": [f"`{event.value}`" for event in Event],
        "mails": [f"## {kind.template}\n" for kind in every_kind()],
    }
    assert {name.removeprefix("from-code-") for name in drawn} == expected.keys()
    for name, told in expected.items():
        assert not [one for one in told if one not in drawn[f"from-code-{name}"]]
    assert not words.missing
    assert language == "en" or not [t for t in drawn.values() if re.search(r"\w [;:!?]", t)]


def test_names_of_subjects_are_those_that_are_written() -> None:
    """Attribute by attribute, as `naming` makes them for each kind of subject."""
    for profile in profiles.every():
        if profile.subject_kind != "responder":
            made = naming.named(subject_for(profile)).subject
            written = [names.SHORT_NAMES[oid] for rdn in made for oid, _ in rdn]
            assert re.findall(r"(\w+)=", SUBJECTS[profile.subject_kind]) == written
