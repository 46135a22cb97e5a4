"""How often Python looks for garbage: at its own pace, a quarter of what a process costs to start.

It looks after 700 new objects, and through all of them when a quarter is new. To import the product
makes half a million that live as long as the process, and none of them is garbage.
"""

import atexit
import gc
from typing import Final

NEW_OBJECTS: Final = 50_000
YOUNG_ROUNDS: Final = 10
OLD_ROUNDS: Final = 10


def collect_seldom() -> None:
    """Have this process look seldom, and not at all for what its end frees anyway."""
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)
    atexit.register(gc.freeze)
