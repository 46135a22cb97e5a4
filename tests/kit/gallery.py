"""Pages side by side, at three widths and in both themes: what a change of style is reviewed by."""

import re
from collections.abc import Iterable
from html import escape
from pathlib import Path

from kit.stage import Stage

WIDTHS = (360, 768, 1280)
THEMES = ("light", "dark")
HEIGHT = 1400
HEAD = (
    '<!DOCTYPE html><meta charset="utf-8"><title>Galerie</title><style>'
    "body{font:14px system-ui;background:#888}section{display:flex;gap:8px;align-items:start}"
    "img{height:520px;width:auto}h2{margin:1em 0 .2em}</style>"
)


def write(stage: Stage, pages: Iterable[tuple[str, str]], folder: Path) -> Path:
    """Shoot pages given by what to call them and their text; the address of the index.

    Pictures of another time go: names and places change with the pages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.jpg"):
        old.unlink()
    named = [(name, f"{place:03}-{_slug(name)}", text) for place, (name, text) in enumerate(pages)]
    for theme in THEMES:
        for width in WIDTHS:
            stage.dress(theme, width, HEIGHT)
            for _name, file, text in named:
                stage.show(text)
                stage.page.screenshot(
                    path=folder / f"{file}-{width}-{theme}.jpg", type="jpeg", quality=60
                )
    parts = [_part(name, file) for name, file, _text in named]
    index = folder / "index.html"
    index.write_text(HEAD + "".join(parts))
    return index


def _part(name: str, file: str) -> str:
    images = (
        f'<img loading="lazy" src="{file}-{width}-{theme}.jpg" alt="">'
        for theme in THEMES
        for width in WIDTHS
    )
    return f"<h2>{escape(name)}</h2><section>{''.join(images)}</section>"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]
