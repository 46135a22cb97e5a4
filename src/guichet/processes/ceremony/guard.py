"""Before a ceremony begins: the plan fits this process, and the two hierarchies stay apart."""

from collections.abc import Iterator

from guichet.authority import queries
from guichet.domain.catalogue import authorities, twins
from guichet.domain.ceremonies.plan import HandOver, Plan, PlanError
from guichet.keystore import Keystore
from guichet.processes.ceremony.desk import HaltedError
from guichet.processes.ceremony.setting import Setting, card_of
from guichet.x509 import cms
from guichet.x509.errors import Unreadable


def check(setting: Setting, configured_keystore: str) -> None:
    """The plan is one that this process can follow. Raises PlanError with all that is wrong."""
    wrong = [*_environment(setting.plan), *_cards(setting)]
    if not setting.is_rehearsal and setting.plan.keystore != configured_keystore:
        wrong.append(
            f"keystore: the plan says {setting.plan.keystore}, GUICHET_KEYSTORE "
            f"{configured_keystore}: the signer would look for its keys elsewhere"
        )
    if wrong:
        raise PlanError(wrong)


def _environment(plan: Plan) -> Iterator[str]:
    if plan.environment is not authorities.ENVIRONMENT:
        yield (
            f"environment: the plan is for {plan.environment}; run it with "
            f"GUICHET_ENVIRONMENT={plan.environment}, on that environment's own state folder"
        )
    others = _others((found.code for found in queries.authorities()), plan)
    if others:
        yield (
            f"environment: the database of this state folder holds {', '.join(others)}: give "
            f"{plan.environment} its own, by GUICHET_STATE and GUICHET_DATABASE_URL"
        )


def _cards(setting: Setting) -> Iterator[str]:
    for officer in setting.plan.officers:
        try:
            card = card_of(officer, setting.beside)
            if card is not None and officer.share is HandOver.CARD:
                cms.envelop(b"", card)
        except PlanError as error:
            yield from error.lines
        except Unreadable:
            yield f"{officer.name}: the key of this card is not RSA: it opens no envelope"


def keep_apart(keystore: Keystore, plan: Plan) -> None:
    """One keystore holds keys of one environment. Raises HaltedError."""
    if others := _others(keystore.labels(), plan):
        raise HaltedError(
            f"The keystore holds keys of another environment ({', '.join(others)}). TEST and "
            "production never share one: name another in GUICHET_KEYSTORE and in the plan."
        )


def _others(codes: Iterator[str] | frozenset[str], plan: Plan) -> list[str]:
    return sorted(c for c in codes if twins.environment_of(c) is not plan.environment)
