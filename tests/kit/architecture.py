"""The picture of docs/architecture.md, drawn from the code: who imports whom, layer by layer.

`PYTHONPATH=tests python -m kit.architecture` draws it again after a layer or an import changed.
"""

import tomllib
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs" / "images" / "layers.svg"
PACKAGE = "guichet"
CELL = 22
LABELS = 150
HEAD = 150
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1b1f}.n{fill:#5b5b66;text-anchor:end}"
    ".d{fill:#c9cede}.p{text-anchor:end}"
)


def layers() -> list[list[str]]:
    """The packages of each layer of the import contract, the highest layer first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    found = next(c for c in contracts["contracts"] if c["type"] == "layers")
    return [[name.strip() for name in layer.split("|")] for layer in found["layers"]]


def imports(packages: list[str]) -> set[tuple[str, str]]:
    """Who imports whom, package by package: (importer, imported)."""
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    found = set()
    for module in graph.modules:
        importer = module.split(".")[1] if "." in module else ""
        for imported in graph.find_modules_directly_imported_by(module):
            found.add((importer, imported.split(".")[1] if "." in imported else ""))
    known = set(packages)
    return {(a, b) for a, b in found if a != b and {a, b} <= known}


def draw(layered: list[list[str]], found: set[tuple[str, str]]) -> str:
    """A square: each row is a package, each mark a package of a lower layer that it imports."""
    packages = [name for layer in layered for name in layer]
    place = {name: i for i, name in enumerate(packages)}
    width, height = LABELS + CELL * len(packages) + 10, HEAD + CELL * len(packages) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        f'<rect width="{width}" height="{height}" rx="6" fill="#fbfbfe"/>',
    ]
    for number, layer in enumerate(layered, 1):
        top = HEAD + CELL * place[layer[0]]
        fill = "#eef1fb" if number % 2 else "#fbfbfe"
        parts.append(
            f'<rect x="6" y="{top}" width="{width - 12}" height="{CELL * len(layer)}" '
            f'fill="{fill}"/><text class="n" x="30" y="{top + 15}">{number}</text>'
        )
    for name, i in place.items():
        at = HEAD + CELL * i
        across = LABELS + CELL * i
        parts += [
            f'<text class="p" x="{LABELS - 8}" y="{at + 15}">{name}</text>',
            f'<text transform="translate({across + 15},{HEAD - 8}) rotate(-90)">{name}</text>',
            f'<rect class="d" x="{across + 2}" y="{at + 2}" width="18" height="18" rx="3"/>',
        ]
    for importer, imported in sorted(found):
        x, y = LABELS + CELL * place[imported] + CELL / 2, HEAD + CELL * place[importer] + CELL / 2
        parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="5.5" fill="#2b4acb"/>')
    return "\n".join([*parts, "</svg>\n"])


def picture() -> str:
    """The picture as the code has it now."""
    layered = layers()
    return draw(layered, imports([name for layer in layered for name in layer]))


if __name__ == "__main__":
    PICTURE.write_text(picture())
