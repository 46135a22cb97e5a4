"""Every refusal: its code, its HTTP status, what it says and what to do."""

from typing import Final

from guichet.cli.reference import markdown
from guichet.cli.reference.words import Words
from guichet.domain.refusals import Code, Fact
from guichet.web.refusal_texts import TEXTS

# Three hundred titles would fill the margin.
HEAD: Final = "---\nhide-toc: true\n---\n\n"


class _Names(dict[str, Fact]):
    """Each fact as its own name."""

    def __missing__(self, name: str) -> str:
        return f"‹{name}›"


def page(words: Words) -> str:
    """The page of the refusals, by code."""
    return HEAD + markdown.page(
        words("Refusals"),
        words(
            "A page, a problem document of the API (`code`) and a line of the journal name a"
            " refusal by the same code, for ever. ‹word› stands for a fact of the moment."
        ),
        *(_section(code, words) for code in sorted(Code)),
    )


def _section(code: Code, words: Words) -> str:
    told = TEXTS[code]
    detail = markdown.text(str(told.detail) % _Names())
    return (
        f"## {code.value}\n\n**{markdown.text(told.title)}** ({told.status}). {detail}\n\n"
        f"{words('What to do:')} {markdown.text(told.remedy)}"
    )
