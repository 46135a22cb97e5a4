"""Lay out one language's pages as the site wants them; forges show the same files unchanged.

`stage.py LANGUAGE FOLDER`: French pages stand in docs, English ones in docs/en under the same
names; decisions, images and screenshots are shared. FOLDER/reference may hold pages that were
written from the code before.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

DOCS = Path(__file__).resolve().parent.parent
# Written in English alone, or in no language.
SHARED = ("adr", "divergences.md", "images", "screenshots")
APART = {"en", "site", *SHARED}
INDEX = "README.md"
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
FROM_CODE = {
    "fr": "## Tiré du code\n\nPages écrites depuis le code à chaque construction du site.\n",
    "en": "## From the code\n\nPages written from the code each time the site is built.\n",
}


def pages(language: str) -> Iterator[tuple[Path, PurePosixPath]]:
    """Each file of a language, with its place in the site."""
    root = DOCS / "en" if language == "en" else DOCS
    own = ((file, root) for file in root.rglob("*") if file.relative_to(root).parts[0] not in APART)
    shared = ((file, DOCS) for name in SHARED for file in (DOCS / name, *(DOCS / name).rglob("*")))
    for file, within in (*own, *shared):
        place = PurePosixPath(file.relative_to(within).as_posix())
        if file.is_file():
            yield file, place.with_name("index.md") if place.name == INDEX else place


def linked(text: str, file: Path, place: PurePosixPath, places: dict[Path, PurePosixPath]) -> str:
    """The text with its links leading where the site has what they name.

    What stands outside of the documentation is named, not linked: the site is read without it.
    """

    def moved(found: re.Match[str]) -> str:
        mark, label, target = found.groups()
        path, hash_mark, fragment = target.partition("#")
        if not path or re.match(r"[a-z][a-z+.-]*:", path):
            return found[0]
        named = Path(normpath(file.parent / path))
        named = named / INDEX if named.is_dir() else named
        if named in places:
            led = relpath(places[named], place.parent)
            return f"{mark}[{label}]({led}{hash_mark}{fragment})"
        is_outside = named.exists() and DOCS not in named.parents
        return f"{label} (`{named.relative_to(DOCS.parent)}`)" if is_outside else found[0]

    return "".join(LINK.sub(moved, part) if is_prose else part for is_prose, part in parts(text))


def parts(text: str) -> Iterator[tuple[bool, str]]:
    """The lines of a page, each with whether it is prose: not in a block of code."""
    fence = ""
    for line in text.splitlines(keepends=True):
        if (found := FENCE.match(line)) and not fence:
            fence = found[1]
            yield False, line
        else:
            yield not fence, line
            if fence and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""


def children(text: str, place: PurePosixPath) -> list[str]:
    """What an index page lists: pages of its folder and indexes below it, in its own order.

    The first page of all names them as it likes: decisions have an English title.
    """
    found: dict[str, str] = {}
    for is_prose, line in parts(text):
        for _, label, target in LINK.findall(line) if is_prose else ():
            path = target.partition("#")[0]
            is_own = "/" not in path or (path.count("/") == 1 and path.endswith("/index.md"))
            if is_own and path.endswith(".md") and ":" not in path and path != place.name:
                found.setdefault(path, label[:1].upper() + label[1:])
    is_first = place.parent == PurePosixPath()
    return [f"{label} <{path}>" if is_first else path for path, label in found.items()]


def title(text: str) -> str:
    """The first heading of a page."""
    return next(line[2:] for line in text.splitlines() if line.startswith("# "))


def stage(language: str, folder: Path) -> None:
    """Write the pages of a language, and give each index page the tree of what it lists."""
    found = list(pages(language))
    places = dict(found)
    generated = sorted(path.name for path in folder.glob("reference/*.md"))
    titles = {name: title((folder / "reference" / name).read_text()) for name in generated}
    for file, place in found:
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if place.suffix != ".md":
            shutil.copyfile(file, target)
            continue
        text = linked(file.read_text(), file, place, places)
        if place == PurePosixPath("reference/index.md"):
            lines = "".join(f"- [{titles[name]}]({name})\n" for name in generated)
            text += f"\n{FROM_CODE[language]}\n{lines}"
        if place.name == "index.md":
            listed = "\n".join(children(text, place))
            text += f"\n```{{toctree}}\n:hidden:\n:titlesonly:\n\n{listed}\n```\n"
        target.write_text(text)


if __name__ == "__main__":
    stage(sys.argv[1], Path(sys.argv[2]))
