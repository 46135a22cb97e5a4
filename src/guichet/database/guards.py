"""What rights over tables and columns cannot say, refused by PostgreSQL all the same.

Policies tell which signing requests may be inserted; triggers compare a row with what it was. The
owner of the tables, who migrates and restores, passes both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from guichet.database.roles import Role

REQUESTS: Final = "authority_signingrequest"
# As the signer finds it: asked for, and nothing decided.
UNTOUCHED: Final = (
    "state = 'requested' AND serial_hex IS NULL AND length(tbs) = 0 AND settled_at IS NULL "
    "AND attempts = 0 AND lease_until IS NULL AND leased_by = '' AND failure = '' "
    "AND crl_shard = 0"
)
# Certificates that people order have a profile "offer/usage"; those of our services have not.
ORDERABLE: Final = "profile LIKE '%/%'"
DELEGATED: Final = "profile IN ('OCSP', 'STATEMENT')"
# name -> command, role, condition
POLICIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "everybody_reads": ("SELECT", "PUBLIC", "USING (true)"),
    "front_asks": ("INSERT", Role.FRONT, f"WITH CHECK ({UNTOUCHED} AND {ORDERABLE})"),
    "publisher_asks": ("INSERT", Role.PUBLISHER, f"WITH CHECK ({UNTOUCHED} AND {DELEGATED})"),
    "signer_works": ("ALL", Role.SIGNER, "USING (true) WITH CHECK (true)"),
}


@dataclass(frozen=True, slots=True)
class Guard:
    """A change of a row that is refused, the words that tell it, and the role it is left to."""

    table: str
    when: str
    words: str
    but: str = ""


# The owner's rights include a superuser's. TG_ARGV: the words, then the role that passes.
FUNCTION: Final = """
CREATE OR REPLACE FUNCTION guichet_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    OR (TG_ARGV[1] <> '' AND pg_has_role(current_user, TG_ARGV[1], 'USAGE')) THEN
    RETURN NEW;
  END IF;
  RAISE insufficient_privilege USING MESSAGE = 'permission denied: ' || TG_ARGV[0];
END $$
"""
CHANGED: Final = " OR ".join(
    f"OLD.{column} IS DISTINCT FROM NEW.{column}"
    for column in ("state", "revoked_at", "reason", "revocation_index", "crl_entry")
)
IN_FULL: Final = (
    "NEW.state = 'revoked' AND NEW.to_publish AND NEW.revoked_at IS NOT NULL "
    "AND NEW.revocation_index IS NOT NULL AND length(NEW.crl_entry) > 0"
)
GUARDS: Final[Mapping[str, Guard]] = {
    "guichet_for_ever": Guard(
        "authority_certificate",
        f"OLD.state = 'revoked' AND ({CHANGED})",
        "a revocation is definitive",
    ),
    "guichet_in_full": Guard(
        "authority_certificate",
        f"OLD.state <> 'revoked' AND ({CHANGED}) AND NOT ({IN_FULL})",
        "a certificate is revoked in full and to be published, or left as it is",
    ),
    "guichet_published": Guard(
        "authority_certificate",
        "OLD.to_publish AND NOT NEW.to_publish",
        "only the publisher says that a status is published",
        Role.PUBLISHER,
    ),
    "guichet_counted": Guard(
        "authority_certificationauthority",
        "NEW.revocations < OLD.revocations",
        "revocations are only added",
    ),
    "guichet_floor": Guard(
        "authority_crlscope", "NEW.floor < OLD.floor", "the floor of numbers only rises"
    ),
}
