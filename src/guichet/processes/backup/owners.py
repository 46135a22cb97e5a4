"""Who may read a file: kept with it, so that what is restored is as closed as what was copied."""

import grp
import os
import pwd
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PERMISSIONS: Final = 0o777


@dataclass(frozen=True, slots=True)
class Owner:
    """Permissions of a file or folder, and the names of its user and group."""

    mode: int = 0o600
    user: str = ""
    group: str = ""

    def give(self, path: Path) -> None:
        """Give a file its permissions and, where this user may and they exist, its owners."""
        if self.user and os.geteuid() == 0:
            for names in ({"user": self.user}, {"group": self.group}):
                with suppress(LookupError, OSError):
                    shutil.chown(path, **names)
        path.chmod(self.mode & PERMISSIONS)


def of(path: Path) -> Owner:
    """Whose it is now. Raises OSError."""
    told = path.stat()
    return Owner(told.st_mode & PERMISSIONS, _user(told.st_uid), _group(told.st_gid))


def _user(number: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(number).pw_name
    return ""


def _group(number: int) -> str:
    with suppress(KeyError):
        return grp.getgrgid(number).gr_name
    return ""
