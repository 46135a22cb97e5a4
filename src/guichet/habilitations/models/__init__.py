"""Rows of this app, read and written by it alone."""

from guichet.habilitations.models.dossiers import (
    AdministratorConfirmation,
    Dossier,
    Participation,
    PurgedDossier,
    Revision,
)
from guichet.habilitations.models.exchanges import Attachment, Message
from guichet.habilitations.models.instruction import (
    Annotation,
    Correction,
    Decision,
    Examination,
    Following,
    MailPreference,
    SavedView,
)
from guichet.habilitations.models.recoveries import Recovery
from guichet.habilitations.models.rights import Representation, Right, Structure
from guichet.habilitations.models.sharing import (
    CardRenewal,
    Counter,
    Delegation,
    DomainProof,
    EditorStaff,
)
from guichet.habilitations.models.trials import Trial

__all__ = [
    "AdministratorConfirmation",
    "Annotation",
    "Attachment",
    "CardRenewal",
    "Correction",
    "Counter",
    "Decision",
    "Delegation",
    "DomainProof",
    "Dossier",
    "EditorStaff",
    "Examination",
    "Following",
    "MailPreference",
    "Message",
    "Participation",
    "PurgedDossier",
    "Recovery",
    "Representation",
    "Revision",
    "Right",
    "SavedView",
    "Structure",
    "Trial",
]
