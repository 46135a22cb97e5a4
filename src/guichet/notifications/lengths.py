"""How much is kept of an e-mail and of its texts, in characters: who writes cuts to that."""

from typing import Final

SUBJECT_AT_MOST: Final = 250
ERROR_AT_MOST: Final = 300
FAULT_AT_MOST: Final = 300
NOTE_AT_MOST: Final = 200
LABEL_AT_MOST: Final = 200
