"""Problem answers that the description announces beside the good one."""

from typing import Any, Final

from guichet.automation.schemas import Problem


def _problems(*statuses: int) -> dict[Any, Any]:
    return dict.fromkeys(statuses, Problem)


READ_PROBLEMS: Final = _problems(400, 401, 403, 404, 422, 429, 503)
PROOF_PROBLEMS: Final = READ_PROBLEMS | _problems(409)
WRITE_PROBLEMS: Final = READ_PROBLEMS | _problems(409, 412, 413)
