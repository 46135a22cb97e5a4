"""Who may do what in the database, table by table: one line a table.

A process connects as a member of one of these roles. What a table's line does not give is
refused by PostgreSQL; a table without a line is closed to all of them. Rights are written as GRANT
writes them: a right over some columns alone names them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """A group role of PostgreSQL, which nobody logs in as."""

    FRONT = "guichet_front"  # portal and card port
    SIGNER = "guichet_signer"
    PUBLISHER = "guichet_publisher"
    CLERK = "guichet_clerk"
    AUDITOR = "guichet_auditor"


READ: Final = "SELECT"
ADD: Final = "SELECT, INSERT"
WRITE: Final = "SELECT, INSERT, UPDATE"
ALL: Final = "SELECT, INSERT, UPDATE, DELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What each role may do with a table; empty: nothing."""

    front: str = ""
    signer: str = ""
    publisher: str = ""
    clerk: str = ""
    auditor: str = READ

    def rights(self) -> Iterator[tuple[Role, str]]:
        """The roles that may do something, and what."""
        for role in Role:
            if rights := getattr(self, role.name.lower()):
                yield role, rights


# What people and the clerk work on: orders and dossiers.
DESK: Final = Access(front=ALL, clerk=ALL)
PERSON: Final = Access(front=ALL, clerk=READ)
# What lets somebody in is not an auditor's to read.
SECRET: Final = Access(front=ALL, auditor="")
# Written where the keys are, read by those who publish and those who ask.
KEY_HOLDER: Final = Access(front=READ, signer=WRITE, publisher=READ, clerk=READ)
WATCH: Final = Access(front=READ, publisher=ALL, clerk=READ)
# Rows by which the framework knows itself.
FRAMEWORK: Final = Access(front=READ, signer=READ, publisher=READ, clerk=READ)

REVOKING: Final = (
    "SELECT, UPDATE (state, revoked_at, reason, changed_at, to_publish, revocation_index, "
    "crl_entry)"
)
# And revoking authorities, in a ceremony; and completing what the release before stored.
ISSUING: Final = f"{REVOKING}, UPDATE (sha256, sha1), INSERT"
FAULT_KEPT: Final = "SELECT, UPDATE (fault, broken_at)"
COUNTING: Final = "SELECT, UPDATE (revocations)"
ACCOUNT_AS_SHOWN: Final = (
    "SELECT (id, public_id, display_name, given_names, surname, email, email_verified_at, "
    "login_email, phone, national_id, roles, role_ends, emergency_role, emergency_ends_at, "
    "language, is_active, twin_id, twin_since, created_at, last_login)"
)

TABLES: Final[Mapping[str, Access]] = {
    "samples_sample": DESK,
    **dict.fromkeys(
        ("associations_attachment", "associations_service"),
        Access(front=WRITE, publisher=READ, clerk=WRITE),
    ),
    "authority_burntkey": Access(front=ADD, signer=ADD, publisher=READ, clerk=ADD),
    "authority_certificate": Access(
        front=REVOKING, signer=ISSUING, publisher="SELECT, UPDATE (to_publish)", clerk=REVOKING
    ),
    "authority_certificationauthority": Access(
        front=COUNTING, signer=WRITE, publisher=READ, clerk=COUNTING
    ),
    "authority_crl": KEY_HOLDER,
    "authority_crlpart": Access(front=READ, signer=ALL, publisher=READ, clerk=READ),
    "authority_crlscope": Access(
        front=READ, signer=WRITE, publisher="SELECT, UPDATE (floor)", clerk=READ
    ),
    "authority_crosscertificate": KEY_HOLDER,
    "authority_recovery": KEY_HOLDER,
    # Operators ask, the signer does.
    "authority_queueact": Access(front=ADD, signer=WRITE, clerk=READ),
    # Which rows may be inserted is narrowed by policies: see guards.py.
    "authority_signingrequest": Access(front=ADD, signer=WRITE, publisher=ADD, clerk=READ),
    **dict.fromkeys(
        (
            "automation_acmeaccount",
            "automation_acmeauthorization",
            "automation_acmechallenge",
            "automation_acmeorder",
        ),
        Access(front=ALL),
    ),
    "automation_acmenonce": SECRET,
    **dict.fromkeys(("automation_callwindow", "automation_keptanswer"), SECRET),
    # The clerk writes what webhooks tell, and sends it.
    **dict.fromkeys(
        ("automation_webhook", "automation_webhookattempt", "automation_webhookdelivery"), DESK
    ),
    "automation_estenrolment": Access(front=WRITE),
    "automation_webhookcursor": Access(clerk=WRITE),
    "backoffice_announcement": Access(front=WRITE),
    "journal_entry": Access(front=ADD, signer=ADD, publisher=ADD, clerk=ADD),
    "journal_head": Access(
        **dict.fromkeys(("front", "signer", "publisher", "clerk"), "SELECT, UPDATE")
    ),
    "notifications_outboxmail": Access(front=ALL, publisher=ADD, clerk=ALL),
    "terms_termsversion": Access(front=WRITE, clerk=READ),
    # Whoever writes an e-mail keeps how a text of the staff's failed.
    "notifications_mailtext": Access(front=WRITE, publisher=FAULT_KEPT, clerk=FAULT_KEPT),
    **dict.fromkeys(("identities_card", "identities_externalidentity"), PERSON),
    # The clerk sends what webhooks tell, which is limited to what the account may see.
    "identities_machineaccount": PERSON,
    "identities_machinecredential": SECRET,
    "identities_account": Access(front=ALL, clerk=READ, auditor=ACCOUNT_AS_SHOWN),
    "identities_try": SECRET,
    # The clerk deletes what is over, and reads nothing else.
    **dict.fromkeys(
        ("identities_accountlink", "identities_loginticket"),
        Access(front=ALL, clerk="SELECT (expires_at), DELETE", auditor=""),
    ),
    **dict.fromkeys(
        (
            "identities_accessreview",
            "identities_reviewedaccount",
            "identities_rolerequest",
        ),
        Access(front=WRITE, clerk=READ),
    ),
    # The clerk tells what ended by itself; it gives and takes nothing.
    "identities_roleholding": Access(front=WRITE, clerk="SELECT, UPDATE (ended_at, ended_by)"),
    # The publisher's watchdog raises an alarm while one lasts.
    "identities_emergencyaccess": Access(
        front=WRITE, publisher=READ, clerk="SELECT, UPDATE (ended_at)"
    ),
    "identities_opensession": SECRET,
    "django_session": Access(
        front=ALL, clerk="SELECT (session_key, expire_date), DELETE", auditor=""
    ),
    **dict.fromkeys(
        (
            "axes_accessattempt",
            "axes_accessattemptexpiration",
            "axes_accessfailurelog",
            "axes_accesslog",
        ),
        Access(front=ALL, clerk="SELECT, DELETE"),
    ),
    **dict.fromkeys(
        (
            "auth_group",
            "auth_group_permissions",
            "auth_permission",
            "django_content_type",
            "django_migrations",
        ),
        FRAMEWORK,
    ),
    **dict.fromkeys(
        (
            "habilitations_administratorconfirmation",
            "habilitations_annotation",
            "habilitations_attachment",
            "habilitations_cardrenewal",
            "habilitations_correction",
            "habilitations_counter",
            "habilitations_decision",
            "habilitations_delegation",
            "habilitations_domainproof",
            "habilitations_dossier",
            "habilitations_editorstaff",
            "habilitations_examination",
            "habilitations_following",
            "habilitations_mailpreference",
            "habilitations_message",
            "habilitations_participation",
            "habilitations_purgeddossier",
            "habilitations_recovery",
            "habilitations_representation",
            "habilitations_revision",
            "habilitations_right",
            "habilitations_savedview",
            "habilitations_structure",
            "habilitations_trial",
        ),
        DESK,
    ),
    **dict.fromkeys(
        (
            "orders_agreement",
            "orders_calendarlink",
            "orders_contact",
            "orders_counter",
            "orders_groupline",
            "orders_incident",
            "orders_incidentcall",
            "orders_keyproof",
            "orders_order",
            "orders_orderday",
            "orders_orderdraft",
            "orders_ordergroup",
            "orders_product",
            "orders_reminder",
            "orders_revocationnotice",
            "orders_savedview",
            "orders_supersededcertificate",
            "orders_tag",
            "orders_tagging",
            "orders_touched",
        ),
        DESK,
    ),
    **dict.fromkeys(
        (
            "validation_pointday",
            "validation_storedreading",
            "validation_visibility",
            "validation_watchedpoint",
        ),
        WATCH,
    ),
    # The clerk writes to operators, and notes that it did.
    "validation_alarm": Access(front=READ, publisher=ALL, clerk=WRITE),
}
