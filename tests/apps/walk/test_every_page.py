"""Every page of the portal as people meet it, by axe-core, narrow and wide, light and dark."""

import os
from pathlib import Path

import pytest

from apps.walk import routes
from apps.walk.crawl import Seen
from apps.walk.happenings import build
from apps.walk.town import Town
from kit import gallery, stage

pytestmark = pytest.mark.browser
# Pages that no link of another leads to.
DOORS = {
    "": ["/connexion/", "/style/", "/conditions/", "/produits/verifier/"],
    "operator": ["/gestion/profils/org_auth_cli/simuler/"],
}
EVERYBODY = ["/", "/gestion/"]
# Those whose links are followed several times; others see what these do, and little more.
WANDERERS = {"", "sophie", "jean", "operator", "instructor", "denise"}
NARROW = 320  # what 1280 px are at 400 % (WCAG 1.4.10)
ROW = 1000  # the narrowest screen whose header holds all its verbs in one row (_layout.scss)
# What people print, and why.
PRINTED = {
    "produits/demander/<uuid:key>/fin/": "the receipt of what was asked",
    "produits/suivre/demandes/<int:number>/": "a request handed to whoever follows it on paper",
    "produits/suivre/parc/<int:number>/": "the sheet of a certificate, filed with its machine",
    "produits/suivre/parc/<int:number>/journal/": "what the journal proves, for an audit",
    "produits/revoquer/<int:number>/fait/": "the receipt of a revocation",
    "habilitations/dossiers/<int:number>/": "the dossier as it was declared",
    "habilitations/dossiers/<int:number>/merci/": "the receipt of a deposit",
}
# The spacing that people may ask of a page (WCAG 1.4.12).
SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
WIDER = ("wider than the screen", "wider than the screen once spaced")
FAULTY = """<!DOCTYPE html><html lang="fr"><head><title>.</title></head><body><main>
  <h1>Titre</h1><img src="x.png"><p class="none">Pâle</p>
  </main></body></html>"""


@pytest.mark.long
def test_every_page_is_for_everybody(town: Town) -> None:
    """WCAG 2.2 AA as far as axe-core judges; nothing is wider than the screen, at 320 px either."""
    build(town)
    for name, browser in town.browsers.items():
        seeds = [*EVERYBODY, *DOORS.get(name, []), *town.seeds.get(name, [])]
        town.walk.person(name, browser, seeds, 2 if name in WANDERERS else 1)
    town.walk.send_empty(town.browsers)
    assert {at: who for at, who in town.walk.broken.items() if at not in routes.REFUSED} == {}
    pages = routes.pages().items()
    unseen = {r for r, name in pages if r not in town.walk.marks and name not in routes.LISTED}
    assert (unseen, faults(town.walk.pages)) == (set(), [])


def faults(pages: list[Seen]) -> list[tuple[str, ...]]:
    """What is wrong, by page; the whole of axe-core once, what depends on colours twice."""
    found: list[tuple[str, ...]] = []
    dark = stage.CONTRAST_AND_TARGETS
    with stage.opened() as shown:
        if folder := os.environ.get("GALLERY"):
            named = ((f"{page.person} {page.path}", page.text) for page in pages)
            gallery.write(shown, named, Path(folder))
        for theme, width, asked in (("light", 1280, {}), ("dark", NARROW, dark)):
            shown.dress(theme, width)
            framed, met = set[str](), set[str]()
            for page in pages:
                # The frame is the same on all of somebody's pages.
                part = "main" if page.person in framed else None
                framed.add(page.person)
                # In dark only colours and sizes are asked for: a part met before has them already.
                against, wider = shown.judge(
                    page.text,
                    part=part,
                    framed=part is None or page.route in PRINTED,
                    asked=asked if theme == "light" or page.marks - met else None,
                    styles=(SPACING,) if width == NARROW else (),
                )
                met |= page.marks
                told: list[tuple[str, ...]] = [(v.rule, *v.elements) for v in against]
                told += [
                    (words,) for words, pixels in zip(WIDER, wider, strict=False) if pixels > 0
                ]
                if width == NARROW and page.route in PRINTED:
                    told += [(words,) for words in shown.on_paper()]
                found += [(page.person, page.path, theme, *one) for one in told]
        shown.dress("light", ROW)
        for page in {page.person: page for page in pages}.values():
            shown.show(page.text)
            if shown.overflow() > 0:
                found.append((page.person, page.path, str(ROW), WIDER[0]))
    return found


def test_the_stage_sees_what_is_wrong() -> None:
    """Otherwise the walk above would prove nothing."""
    with stage.opened() as shown:
        shown.dress("light", 1280)
        shown.show(FAULTY)
        assert "image-alt" in {found.rule for found in shown.violations()}
        shown.page.add_style_tag(content=".none { color: #bbb; width: 3000px; }")
        assert "color-contrast" in {found.rule for found in shown.violations()}
        assert shown.overflow() > 0
        asks_of_sheets = "axe.getRules(['experimental']).map(rule => rule.ruleId)"
        assert "css-orientation-lock" in shown.page.evaluate(asks_of_sheets)
        found, wider = shown.judge(FAULTY, asked={}, styles=("p { width: 4000px !important; }",))
        assert {"image-alt", "color-contrast"} <= {one.rule for one in found}
        assert 0 < wider[0] < wider[1]
        assert shown.on_paper() == []
        shown.page.add_style_tag(content="@media print { main p { color: #eee !important; } }")
        assert any(told.startswith("pale") for told in shown.on_paper())
        spares_what_it_judged(shown)


def spares_what_it_judged(shown: stage.Stage) -> None:
    """By path, whatever it says, in one theme and at one width; a class more is another path."""
    pale = '<!DOCTYPE html><main><div{}><p style="color: #ccc">{}</p></div></main>'

    def is_pale(around: str, word: str) -> bool:
        asked = {"runOnly": ["color-contrast"]}
        found, _wider = shown.judge(pale.format(around, word), part="main", asked=asked)
        return bool(found)

    assert [is_pale("", ""), is_pale("", "Un"), is_pale("", "Deux")] == [False, True, False]
    assert is_pale(" class=other", "Deux")
    assert [is_pale(" class=third hidden", "Un"), is_pale(" class=third", "Un")] == [False, True]
    assert is_pale("><input type=checkbox checked aria-label=x", "Deux")
    shown.dress("light", NARROW)
    assert is_pale("", "Deux")
