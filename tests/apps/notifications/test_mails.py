"""What an e-mail reads: subject of one line, nothing escaped, nothing hidden."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guichet.domain.texts import HIDDEN
from guichet.notifications.mails import Mail, check_address, render

Maker = Callable[..., Mail]


def test_first_line_is_the_subject(mail: Maker) -> None:
    rendered = render(mail())
    assert rendered.subject == "Votre demande n° 101180 de Monserviceclient"
    assert rendered.text.startswith("Bonjour,\n\nMonserviceclient est « prêt »")


def test_no_break_spaces_of_french_are_kept(mail: Maker) -> None:
    service = "n°\u00a01\u202f!"
    assert service in render(mail(context={"number": 1, "service": service})).subject


def test_english_is_rendered_from_its_own_template(mail: Maker) -> None:
    assert render(mail(language="en")).subject == "Your order 101180"


def test_a_language_without_templates_falls_back_to_french(mail: Maker) -> None:
    assert render(mail(language="xx")).subject.startswith("Votre demande")


def test_nothing_is_escaped_as_if_it_were_html(mail: Maker) -> None:
    service = 'L’<hôpital> & "fils" d\'ici'
    assert service in render(mail(context={"number": 1, "service": service})).text


def test_a_template_without_subject_is_a_fault(mail: Maker) -> None:
    with pytest.raises(ValueError, match="first line"):
        render(mail(template="sample/bare"))


@settings(deadline=None)
@given(service=st.text(max_size=300))
def test_no_value_can_forge_a_header(mail: Maker, service: str) -> None:
    """RFC 5322 §2.2: a header ends at CRLF; the subject never holds one, nor a control."""
    rendered = render(mail(context={"number": 1, "service": service}))
    assert not {unicodedata.category(character) for character in rendered.subject} & HIDDEN
    assert len(rendered.subject) <= 250
    assert "\r" not in rendered.text
    assert "\x00" not in rendered.text


@pytest.mark.parametrize(
    "address",
    ["", "sophie", "sophie@", "a b@c.test", "a@b.test\nBcc: x@y.test", "a@b.test, c@d.test"],
)
def test_what_is_no_bare_address_is_refused(address: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        check_address(address)


@pytest.mark.parametrize("count", [0, 11])
def test_no_recipient_or_too_many_is_refused(mail: Maker, count: int) -> None:
    with pytest.raises(ValueError, match="recipients"):
        mail(to=tuple(f"a{n}@b.test" for n in range(count)))
