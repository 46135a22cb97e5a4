"""Passwords made of the words of this place, which whoever attacks it tries first."""

import re
import unicodedata
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# docs/explanation/security.md lists them (OWASP ASVS 5, 6.1.2).
WORDS: Final = (
    "guichet",
    "certificats",
    "certificat",
    "esante",
    "sante",
    "hopital",
    "clinique",
    "laboratoire",
    "pharmacie",
    "medecin",
    "infirmier",
    "carte",
    "administrateur",
    "admin",
    "habilitation",
    "revocation",
    "motdepasse",
    "password",
)
LEFT_AT_LEAST: Final = 6
ANY_WORD: Final = re.compile("|".join(WORDS))


class ContextWordValidator:
    """Refuses a password of which little is left without the words of this place and figures."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError "password_too_common"."""
        bare = unicodedata.normalize("NFKD", password).casefold()
        letters = "".join(c for c in bare if c.isalpha())
        if len(ANY_WORD.sub("", letters)) < LEFT_AT_LEAST <= len(letters):
            raise ValidationError(self.get_help_text(), code="password_too_common")

    def get_help_text(self) -> str:
        """What Django shows beside a field; our forms have words of their own."""
        return _("Ce mot de passe est trop facile à deviner.")
