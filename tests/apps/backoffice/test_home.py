"""The home page of those who work at the counter: their parts first, no advice for others."""

import re
from collections.abc import Callable

import pytest

from apps.backoffice.conftest import STAFF
from apps.orders.counter import Person


def parts(person: Person) -> list[str]:
    """Where the section of the back office leads."""
    page = person.get("/").content.decode()
    section = page.partition('aria-labelledby="home_backoffice"')[2].partition("</section>")[0]
    return re.findall(r'href="([^"]+)"', section)


@pytest.mark.parametrize("role", STAFF)
def test_the_staff_is_led_to_its_parts(staff: Callable[[str], Person], role: str) -> None:
    """Each of them opens, and they are those of the back office's own links."""
    somebody = staff(role)
    found = parts(somebody)
    local = somebody.get("/gestion/").context["site"]["local"]
    assert found == [path for _key, _label, path in local.items]
    assert {somebody.browser.get(path).status_code for path in found} <= {200, 302}


@pytest.mark.parametrize("role", STAFF)
def test_the_staff_is_not_told_to_be_named(staff: Callable[[str], Person], role: str) -> None:
    page = staff(role).get("/").content.decode()
    assert "Il vous manque une habilitation" not in page
    assert "Remplir une déclaration F413" not in page


@pytest.mark.parametrize("path", ["/produits/", "/produits/suivre/echeances/"])
def test_a_page_of_products_still_says_what_lacks(
    staff: Callable[[str], Person], path: str
) -> None:
    """Where there would be nothing else."""
    assert "Il vous manque une habilitation" in staff("operator").get(path).content.decode()


def test_others_have_no_such_section(sophie: Person) -> None:
    assert parts(sophie) == []
