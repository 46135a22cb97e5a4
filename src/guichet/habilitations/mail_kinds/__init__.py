"""The e-mails of dossiers and rights, with the samples that the back office shows them by."""

from typing import Final

from guichet.habilitations.mail_kinds import of_dossiers, of_rights

KINDS: Final = (*of_dossiers.KINDS, *of_rights.KINDS)
