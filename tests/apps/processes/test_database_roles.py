"""Each process connects as its own role of PostgreSQL, and the front's cannot issue anything."""

import pytest
from django.db import connection

from apps.processes.conftest import SiteOf
from guichet.database.roles import TABLES

DENIED = "42501"
pytestmark = pytest.mark.xdist_group("roles")


@pytest.fixture(scope="module")
def life(sites: SiteOf) -> dict[str, str]:
    """An order from its placing to its revocation, each step by the process that makes it."""
    front, publisher = sites("guichet-portal"), sites("guichet-publisher")
    request = front.run("place")
    told = publisher.run("publish")
    assert told["asked"] > 0
    assert told["alarms"] > 0
    assert sites("guichet-signer").run("sign") == 1 + told["asked"]
    assert sites("guichet-clerk").run("rounds") == []
    serial = front.run("use")
    sites("guichet-signer").run("sign")
    assert publisher.run("publish")["published"] > 0
    assert sites("guichet-clerk").run("rounds") == []
    return {"request": request, "serial": serial}


def test_every_table_is_told_of() -> None:
    """One without a line is closed to every role: give it its line in roles.py."""
    made = set(connection.introspection.django_table_names()) | {"django_migrations"}
    assert made == TABLES.keys()


def test_each_process_does_its_work(sites: SiteOf, life: dict[str, str]) -> None:
    """Order, keys, signature, publication, revocation: the auditor finds all of it whole."""
    report = sites("guichet-auditor").run("report")
    assert report == {"order": "withdrawn", "issued": 1, "waiting": 0, "faults": []}


REQUEST = (
    "INSERT INTO authority_signingrequest SELECT (jsonb_populate_record(r, "
    '\'{{"id": "00000000-0000-0000-0000-000000000000", "reference": "forged", '
    '"serial_hex": null, "tbs": "", "state": "requested", "attempts": 0, '
    '"leased_by": "", "lease_until": null, "settled_at": null, "key_use": 99{0}}}\')).* '
    "FROM authority_signingrequest r WHERE reference LIKE 'order:%'"
)
REVOKING = (
    "UPDATE authority_certificate SET state = 'revoked', revoked_at = now(), "
    "revocation_index = 99, crl_entry = '\\x30', to_publish = {} WHERE state = 'valid'"
)
HIDING = (
    "UPDATE authority_certificate SET to_publish = true; "
    "UPDATE authority_certificate SET to_publish = false"
)
FORBIDDEN = {
    "guichet-portal": [
        REQUEST.format(', "state": "planned"'),
        REQUEST.format(', "serial_hex": "01:02"'),
        REQUEST.format(', "tbs": "a plan"'),
        REQUEST.format(', "profile": "OCSP"'),
        "UPDATE authority_signingrequest SET state = 'planned'",
        "UPDATE authority_signingrequest SET csr = ''",
        "DELETE FROM authority_signingrequest",
        "INSERT INTO authority_certificate SELECT * FROM authority_certificate",
        "UPDATE authority_certificate SET der = ''",
        "UPDATE authority_certificate SET serial_hex = '01'",
        "UPDATE authority_certificate SET profile = 'ORG/SIGN'",
        "UPDATE authority_certificate SET not_after = not_after + interval '1 year'",
        "UPDATE authority_certificate SET state = 'valid' WHERE state = 'revoked'",
        "UPDATE authority_certificate SET revoked_at = now() WHERE state = 'revoked'",
        REVOKING.format("false"),
        HIDING,
        "DELETE FROM authority_certificate",
        "UPDATE authority_certificationauthority SET revocations = revocations - 1",
        "UPDATE authority_certificationauthority SET der = ''",
        "UPDATE authority_certificationauthority SET key_label = 'another'",
        "INSERT INTO authority_crl SELECT * FROM authority_crl",
        "UPDATE authority_crlpart SET octets = ''",
        "UPDATE authority_crlscope SET floor = 1",
        "DELETE FROM authority_burntkey",
        "UPDATE journal_entry SET facts = '{}'",
        "DELETE FROM journal_entry",
        "TRUNCATE journal_entry",
        "ALTER TABLE authority_signingrequest DISABLE ROW LEVEL SECURITY",
        "DROP TRIGGER guichet_for_ever ON authority_certificate",
        "CREATE TABLE own (id int)",
        "SET ROLE guichet_signer",
    ],
    "guichet-signer": [
        "SELECT * FROM orders_order",
        "UPDATE orders_order SET state = 'available'",
        "UPDATE habilitations_right SET ends_at = NULL",
        "SELECT * FROM identities_account",
        "SELECT * FROM django_session",
        "UPDATE authority_certificate SET der = ''",
        "DELETE FROM journal_entry",
    ],
    "guichet-publisher": [
        REQUEST.format(""),
        "UPDATE authority_certificate SET state = 'revoked', to_publish = true",
        "INSERT INTO authority_crl SELECT * FROM authority_crl",
        "UPDATE authority_crlscope SET floor = floor - 1",
        "UPDATE authority_signingrequest SET state = 'planned'",
        "SELECT * FROM orders_order",
        "DELETE FROM journal_entry",
    ],
    "guichet-clerk": [
        REQUEST.format(""),
        "UPDATE authority_certificate SET der = ''",
        "SELECT session_data FROM django_session",
        "UPDATE identities_account SET roles = '[\"operator\"]'",
        "DELETE FROM journal_entry",
    ],
    "guichet-auditor": [
        "SELECT password FROM identities_account",
        "SELECT * FROM django_session",
        "SELECT * FROM identities_loginticket",
        "INSERT INTO journal_entry SELECT * FROM journal_entry",
        "UPDATE journal_head SET seq = 0",
        "UPDATE orders_order SET state = 'cancelled'",
    ],
}


@pytest.mark.parametrize("login", FORBIDDEN)
def test_what_is_not_its_work_is_refused(sites: SiteOf, life: dict[str, str], login: str) -> None:
    """REFUSED by PostgreSQL itself, each statement by its rights and not by a fault of ours."""
    done = {one: sites(login).run("attempt", one) for one in FORBIDDEN[login]}
    assert {one: told for one, told in done.items() if told[0] != DENIED} == {}


def test_the_same_statements_are_good_ones(sites: SiteOf, life: dict[str, str]) -> None:
    """ACCEPTED: a plain request of the front, a revocation in full, what the owner does."""
    assert sites("guichet-portal").run("attempt", REQUEST.format("")) == ["", "1"]
    assert sites("guichet-portal").run("attempt", REVOKING.format("true"))[0] == ""
    unrevoking = "UPDATE authority_certificate SET state = 'valid'"
    assert sites("guichet").run("attempt", unrevoking)[0] == ""
