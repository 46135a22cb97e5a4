"""Whether a text may be kept: each fault is told before anybody gets the e-mail."""

import re
from typing import Final

from django.template import TemplateDoesNotExist, TemplateSyntaxError

from guichet.domain.refusals import Code, Objection, Refusal
from guichet.notifications.rendering import Rendered, parted
from guichet.notifications.wording import grammar
from guichet.notifications.wording.catalogue import MailKind

SHOWN_OF_A_FAULT: Final = 120
UNKNOWN_WORD: Final = re.compile(r"Invalid (?:block tag on line \d+: |filter: )'(?P<word>[^']*)'")


def objections(kind: MailKind, language: str, source: str) -> tuple[Objection, ...]:
    """What keeps a text from being an e-mail of this kind; nothing when it may be kept."""
    if len(source) > grammar.SOURCE_AT_MOST:
        return (_about(Code.TEXT_TOO_LONG, limit=grammar.SOURCE_AT_MOST),)
    try:
        template = grammar.parse(kind, language, source)
    except TemplateSyntaxError as fault:
        return (_of_syntax(str(fault)),)
    found = grammar.read(kind, language, template)
    missing = [path for path in kind.needed if path not in found.shown]
    told = [*found.objections, *(_about(Code.TEXT_VARIABLE_MISSING, text=path) for path in missing)]
    return tuple(dict.fromkeys(told)) or _of_samples(kind, language, source)


def previews(kind: MailKind, language: str, source: str) -> tuple[Rendered, ...]:
    """What a text says of each sample. Raises Refusal: every objection to it."""
    if found := objections(kind, language, source):
        raise Refusal(found[0].code, all=found)
    return tuple(parted(grammar.render(kind, language, source, sample)) for sample in kind.samples)


def _of_samples(kind: MailKind, language: str, source: str) -> tuple[Objection, ...]:
    for sample in kind.samples:
        try:
            parted(grammar.render(kind, language, source, sample))
        except ValueError:
            return (_about(Code.TEXT_SUBJECT_MISSING),)
        except (TemplateSyntaxError, TemplateDoesNotExist, TypeError, RecursionError) as fault:
            return (_about(Code.TEXT_UNREADABLE, text=str(fault)[:SHOWN_OF_A_FAULT]),)
    return ()


def _of_syntax(fault: str) -> Objection:
    if unknown := UNKNOWN_WORD.match(fault):
        return _about(Code.TEXT_TAG_FORBIDDEN, text=unknown["word"][:SHOWN_OF_A_FAULT])
    return _about(Code.TEXT_UNREADABLE, text=fault[:SHOWN_OF_A_FAULT])


def _about(code: Code, **facts: str | int) -> Objection:
    return Objection(code, (("field", "text"), *facts.items()))
