"""One JSON text for one content: sorted names, no space, UTF-8 as it is."""

import json
from typing import Any


def text_of(value: Any) -> str:
    """The canonical text of a value made of objects, lists, strings, integers and null."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def parsed(text: str) -> Any:
    """The value of a canonical text. Raises ValueError for any other text, even of equal value.

    So no name stands twice, and every reader reads the same value.
    """
    value = json.loads(text)
    if text_of(value) != text:
        raise ValueError("not canonical")
    return value
