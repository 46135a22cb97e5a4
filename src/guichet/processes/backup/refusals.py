"""Why a backup cannot be made, opened or put in place."""


class BackupError(Exception):
    """The message says what is wrong and what to do."""
