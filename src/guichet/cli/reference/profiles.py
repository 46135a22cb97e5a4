"""The profiles of certificates, from their declarative files."""

from collections.abc import Mapping
from typing import Any, Final

from guichet.cli.reference import markdown
from guichet.cli.reference.words import Words
from guichet.domain.catalogue import profiles

# RFC 5280 4.2.1.12 and RFC 6960 4.2.2.2.
USAGES: Final = {
    "1.3.6.1.5.5.7.3.1": "serverAuth",
    "1.3.6.1.5.5.7.3.2": "clientAuth",
    "1.3.6.1.5.5.7.3.4": "emailProtection",
    "1.3.6.1.5.5.7.3.9": "OCSPSigning",
    "1.3.6.1.4.1.311.20.2.2": "smartcardLogon",
}
# As domain/certificates/naming.py writes them.
SUBJECTS: Final = {
    "service": "C=FR, ST=‹department› (‹number›), O=‹legal name›, OU=‹structure›, CN=‹service›",
    "server": "C=FR, ST=‹department› (‹number›), O=‹legal name›, OU=‹structure›, CN=‹host name›",
    "mailbox": "C=FR, ST=‹department› (‹number›), O=‹legal name›, OU=‹structure›, CN=‹address›",
    "person": "C=FR, title=‹title›, CN=‹national identifier›+SN=‹surname›+GN=‹given names›",
    "card": "C=FR, title=‹title›, CN=‹national identifier›+SN=‹surname›+GN=‹given names›",
    "responder": "the name of its authority, CN=‹label›",
}
SANS: Final = {
    "none": "none",
    "dns": "the host name",
    "email": "the address",
    "email-optional": "the address, if one is given",
}
Table = Mapping[str, Any]


def page(words: Words) -> str:
    """The page of the profiles, by offer and usage."""
    found = sorted(profiles.tables().values(), key=lambda table: str(table["code"]))
    return markdown.page(
        words("Profiles of certificates"),
        words(
            "What each kind of certificate holds, as the files of"
            " `guichet/domain/catalogue/profiles` declare it; an operator changes them there."
        ),
        *(_section(table, words) for table in found),
    )


def _section(table: Table, words: Words) -> str:
    head = (words("what"), words("value"))
    rows = [(words(name), value) for name, value in _rows(table, words).items() if value != "—"]
    return f"## {table['code']}\n\n{markdown.table(head, rows)}"


def _rows(table: Table, words: Words) -> dict[str, str]:
    test, production = table.get("test", {}), table.get("production", {})
    is_served = profiles.PRODUCTION in table or not table["private_extensions"]
    usage, keys = table["key_usage"], table["keys"]
    return {
        "ordered by people": words("yes" if table["orderable"] else "no"),
        "served in PRODUCTION": words("yes" if is_served else "no"),
        "authorities": markdown.codes(table["authorities"]),
        "authorities added in TEST": markdown.codes(test.get("authorities", ())),
        "name of the subject": markdown.text(words(SUBJECTS[table["subject"]])),
        "subjectAltName": words(SANS[table["subject_alt_name"]]),
        "validity": _validity(table, words),
        "privateKeyUsagePeriod, months": markdown.code(table.get("private_key_usage_months", "")),
        "keyUsage, RSA": markdown.codes(usage["rsa"]),
        "keyUsage, elliptic curve": markdown.codes(usage["ec"]),
        "extendedKeyUsage": markdown.codes(
            f"{USAGES[oid]} ({oid})" if oid in USAGES else oid
            for oid in table["extended_key_usage"]
        ),
        "RSA keys, bits": markdown.codes(keys["rsa_bits"]),
        "curves": markdown.codes(keys["curves"]),
        "other keys": markdown.codes(keys.get("others", ())),
        "keys added in TEST": markdown.codes(test.get("keys", ())),
        "certificatePolicies, TEST": markdown.codes(table["policy_oids"]),
        "certificatePolicies, PRODUCTION": markdown.codes(production.get("policy_oids", ())),
        "private extensions, TEST": _extensions(table["private_extensions"]),
        "private extensions, PRODUCTION": _extensions(production.get("private_extensions", {})),
        "where its revocation is told": _told(table, words),
    }


def _extensions(found: Mapping[str, str]) -> str:
    return markdown.codes(f"{oid} = {value}" for oid, value in sorted(found.items()))


def _validity(table: Table, words: Words) -> str:
    for unit in ("minutes", "days"):
        if f"validity_{unit}" in table:
            return f"{table[f'validity_{unit}']} {words(unit)}"
    return f"{table['validity_months']} {words('months')}"


def _told(table: Table, words: Words) -> str:
    names = {
        "crl": "cRLDistributionPoints",
        "freshest_crl": "freshestCRL",
        "authority_information": "authorityInfoAccess",
        "ocsp_nocheck": "id-pkix-ocsp-nocheck",
    }
    return markdown.codes(said for name, said in names.items() if table[name])
