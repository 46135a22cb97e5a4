"""The shape of a refusal's words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class RefusalText:
    """What a refusal says: HTTP status, title, detail (a template with %(fact)s), what to do."""

    status: int
    title: "_StrPromise"
    detail: "_StrPromise"
    remedy: "_StrPromise"
