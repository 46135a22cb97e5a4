"""What keeps a command from being done, in English as the command line speaks."""

from django.db import Error as DatabaseFaultError
from django.utils import translation

from guichet.domain.refusals import Refusal
from guichet.web.refusal_texts import explain_all


def words(trouble: Refusal | DatabaseFaultError) -> str:
    """What a refusal says, each objection with its remedy; or a fault of the database."""
    if not isinstance(trouble, Refusal):
        return f"the database failed: {trouble}".strip()
    with translation.override("en"):
        return " ".join(
            f"{said.title}. {said.detail} {said.remedy}" for said in explain_all(trouble)
        )
