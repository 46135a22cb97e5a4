"""guichet-client: settings that are wrong are told all at once, in the reader's language."""

import re
import string
from pathlib import Path

import pytest

from guichet_client import cli, settings, wording
from guichet_client.errors import GRAVEST_FIRST, ClientError, Exit, gravest
from guichet_client.wording import Say

README = Path(__file__).resolve().parents[2] / "client" / "README.md"
WRONG = """\
protocol = "acmé"
server = "http://guichet.test"
trust = "racine.pem"
renewals = 3
[certificate]
profile = "SSL"
nom = "www.exemple.fr"
[key]
type = "rsa-1024"
[renewal]
before_days = 0
[acme]
challenge = "dns-01"
listen = "80"
[[outputs]]
format = "jks"
path = "/srv/store.jks"
[hooks]
reload = ["tomcat"]
commands = [["systemctl", 3]]
"""
PLACES = (
    *("protocol", "server", "trust", "renewals", "certificate.name", "certificate.nom"),
    *("certificate.profile", "key.type", "renewal.before_days", "acme.dns_hook", "acme.listen"),
    *("outputs[1].password_file", "hooks.reload", "hooks.commands"),
)
TOKEN = """\
protocol = "est"
server = "https://guichet.test"
[certificate]
name = "x"
[key]
pkcs11 = "token=x"
[credentials]
key = "/etc/key.pem"
"""
REST = 'protocol = "rest"\nserver = "https://guichet.test"\n[certificate]\nname = "x"\n'


def told(folder: Path, text: str) -> str:
    (folder / "www.toml").write_text(text)
    with pytest.raises(ClientError) as found:
        settings.read(folder, "www")
    assert found.value.code is Exit.CONFIGURATION
    return str(found.value)


def test_every_problem_of_a_file_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    words = told(tmp_path, WRONG)
    missing = [place for place in PLACES if f"- {place}: " not in words]
    assert not missing, words
    assert "did you mean “renewal”?" in words


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (TOKEN, ("credentials", "key.pkcs11", "key.pin_file")),
        (REST, ("certificate.structure", "certificate.contact", "credentials.token_file")),
    ],
)
def test_what_is_wrong_together_is_told_too(
    tmp_path: Path, text: str, places: tuple[str, ...]
) -> None:
    words = told(tmp_path, text)
    assert all(f"- {place}: " in words for place in places), words


def test_the_sample_of_the_readme_is_read_and_its_exit_codes_are_these(tmp_path: Path) -> None:
    readme = README.read_text("utf-8")
    (sample,) = re.findall(r"```toml\n(.*?)```", readme, re.S)
    (tmp_path / "web.toml").write_text(sample)
    read = settings.read(tmp_path, "web")
    assert (read.wanted.name, read.reloads) == ("www.exemple.fr", ("nginx",))
    french, english = readme.split('<a id="english">')
    for half in (french, english):
        codes = {int(code) for code in re.findall(r"^\| (\d+) \|", half, re.M)}
        assert codes == {int(code) for code in Exit} | {130}


@pytest.mark.parametrize("text", ["protocol = ", b"\xff\xfe".decode("latin-1") + "=1"])
def test_a_file_that_is_no_toml_is_told(tmp_path: Path, text: str) -> None:
    assert "www.toml" in told(tmp_path, text)


@pytest.mark.parametrize(
    ("name", "locale", "words"),
    [
        ("absent", "fr_FR.UTF-8", "Aucun fichier"),
        ("absent", "en_US.UTF-8", "There is no file"),
        ("../etc", "fr_FR.UTF-8", "ne peut pas nommer"),
    ],
)
def test_people_read_their_own_language(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    locale: str,
    words: str,
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    monkeypatch.setenv("LANG", locale)
    assert cli.main(["--config", str(tmp_path), "status", name]) == Exit.CONFIGURATION
    assert words in capsys.readouterr().err


def test_both_languages_say_everything_with_the_same_facts() -> None:
    french, english = (wording.words(of) for of in wording.LANGUAGES)
    assert set(french) == set(english) == {say.name for say in Say}
    for name in french:
        facts = [sorted(str(f[1]) for f in string.Formatter().parse(of[name]) if f[1])
                 for of in (french, english)]  # fmt: skip
        assert facts[0] == facts[1], name


def test_the_gravest_of_several_ends_the_command() -> None:
    assert set(GRAVEST_FIRST) == set(Exit) - {Exit.DONE}
    assert gravest([Exit.DONE, Exit.LATER, Exit.REFUSED]) is Exit.REFUSED
    assert gravest([]) is Exit.DONE
