"""What a decision comes to, in the words that mails and papers share."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from guichet.domain.catalogue.offers import Usage
from guichet.domain.dossier.declaration import Administrator, Declaration, TypeAsked


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who and what was accepted; `left_out` pairs what was not with the reason told."""

    administrators: tuple[Administrator, ...]
    types: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]


def outcome(
    declared: Declaration,
    *,
    rows: Collection[str],
    types: Collection[str],
    refused: Mapping[str, str],
) -> Outcome:
    """Sort what was declared into accepted and left out, in the order of the form.

    `rows` and `types` name what was accepted, `refused` maps the other rows and types to reasons.
    """
    people = {who.row: f"{who.name} ({who.card_number.value})" for who in declared.administrators}
    kinds = {asked.type.value: type_label(asked) for asked in declared.types}
    left_out = [(label, row) for row, label in people.items() if row not in rows]
    left_out += [(label, kind) for kind, label in kinds.items() if kind not in types]
    return Outcome(
        administrators=tuple(who for who in declared.administrators if who.row in rows),
        types=tuple(label for kind, label in kinds.items() if kind in types),
        left_out=tuple((label, refused.get(name, "")) for label, name in left_out),
    )


def type_label(asked: TypeAsked) -> str:
    """ "SERV (SSL_SERV) – hopital.fr", the same in every language."""
    usages = ", ".join(usage.value for usage in Usage if usage in asked.usages)
    name = asked.domain or asked.server or asked.mail_domain
    at = "@" if asked.mail_domain else ""
    return f"{asked.offer.value} ({usages})" + (f" – {at}{name.value}" if name else "")
