"""Personal data, table by table: where it stands, what is handed out, what erasure does with it.

Each app says it of its own tables, in a module of this name; one that is not named holds nobody's.
"""

from guichet.database.personal.holdings import Erasing, Fate, Hindrance, Holding, Part

__all__ = ["Erasing", "Fate", "Hindrance", "Holding", "Part"]
