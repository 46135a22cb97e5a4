"""Say which links of the built site lead nowhere, and what it would fetch from elsewhere.

`check_links.py FOLDER` ends with 1 when there is one. Links between languages count.
"""

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
# A page's address in another language is told, not fetched.
TOLD = {"alternate", "canonical", "search", "next", "prev", "index"}


class Page(HTMLParser):
    """What a page links to, what it fetches, and the fragments that it has."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.fetched: set[str] = set()
        self.fragments: set[str] = {""}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the addresses and the identifier of a tag."""
        found = {name: value for name, value in attrs if value}
        self.fragments |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.add(found["href"])
        name = FETCHED.get(tag, "")
        if name in found and not set(found.get("rel", "").split()) & TOLD:
            self.fetched.add(found[name])


def read(site: Path) -> dict[Path, Page]:
    """Every page of the site, by its file."""
    pages = {}
    for file in sorted(site.rglob("*.html")):
        pages[file] = Page()
        pages[file].feed(file.read_text())
    return pages


def faults(site: Path) -> Iterator[str]:
    """Each address that leads nowhere, or that a reader's browser would ask elsewhere."""
    pages = read(site)
    for file, page in pages.items():
        for address in sorted(page.links | page.fetched):
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                if address in page.fetched and parts.scheme != "data":
                    yield f"{file}: fetches {address}"
                continue
            led = (file.parent / unquote(parts.path)).resolve() if parts.path else file
            named = pages.get(led)
            if not led.is_file() or (named and unquote(parts.fragment) not in named.fragments):
                yield f"{file}: {address} leads nowhere"


if __name__ == "__main__":
    told = list(faults(Path(sys.argv[1]).resolve()))
    sys.stderr.write("".join(f"{line}\n" for line in told))
    sys.exit(bool(told))
