"""French typography: no-break spaces, narrow but after "n°"; apostrophes and dots as set."""

import re
from collections.abc import Iterator

NARROW = "\u202f"
FAULTS = re.compile(
    r"\w'\w"  # an apostrophe as typed
    r"|[ \u00a0][;:!?»]"  # another space than the narrow one
    r"|[^\W\d_][;!?](?=\s|$)"  # none at all
    rf"|«(?!{NARROW})|(?<!{NARROW})»"
    r"|\w\.\.\.(?!\w)"
    r"|(?<=\S)[ ]{2,}(?=\S)",
    re.M,
)
NUMBERS = re.compile("[nN][°º](?:(?!\u00a0)\\s|(?=[\\w{%]))")
"""A number whose "n°" may be cut from it, or is another space from it than U+00A0."""
AROUND = 20
ADDRESS = re.compile(r"https?://\S+")


def faults(prose: str) -> Iterator[str]:
    """What is not well set, with the words around it."""
    for rule in (FAULTS, NUMBERS):
        for found in rule.finditer(prose):
            yield prose[max(0, found.start() - AROUND) : found.end() + AROUND]


def of_mail(text: str) -> str:
    """The prose of a template of an e-mail: an `x` for each of its places, its subject's mark."""
    placed = re.sub(r"\{%.*?%\}[ ]*", "", re.sub(r"\{\{.*?\}\}", "x", text))
    return ADDRESS.sub("x", re.sub(r"^Objet : ", "", placed))


def of_page(text: str) -> str:
    """The prose of a page in Markdown: an `x` for code, addresses and marks of tables."""
    plain = re.sub(r"^(```|~~~|:::).*?^\1\s*$", "", text, flags=re.S | re.M)
    plain = re.sub(r"`[^`]*`", "x", re.sub(r"<!--.*?-->|<[^>\n]+>", "", plain, flags=re.S))
    plain = ADDRESS.sub("x", re.sub(r"\]\([^)]*\)", "]", plain))
    plain = re.sub(r"^\s*(?:[-*]|\d+\.)\s+|^\s+", "", plain, flags=re.M)
    return re.sub(r"[ ]*\|[ :|-]*", "\n", plain)
