"""Every e-mail that the counter writes: when, to say what, and what its text may name."""

from guichet.cli.reference import markdown
from guichet.cli.reference.words import Words
from guichet.notifications.wording.catalogue import MailKind, every_kind


def page(words: Words) -> str:
    """The page of the e-mails, by the app that writes them."""
    return markdown.page(
        words("E-mails"),
        words(
            "Each is written in the language of its reader. The subjects below are those that"
            " come with the counter; the staff may write others (back office, Texts)."
        ),
        *(_section(kind, words) for kind in every_kind()),
    )


def _section(kind: MailKind, words: Words) -> str:
    first = kind.default(words.language).split("\n", 1)[0]
    rows = [
        (words("sent when"), markdown.text(kind.when)),
        (words("subject"), markdown.code(first.partition(":")[2].strip())),
        (words("may name"), markdown.codes(kind.shape)),
    ]
    return f"## {kind.template}\n\n{markdown.table((words('what'), words('value')), rows)}"
