"""Which answer stands behind a refusal that newcomers meet."""

from collections.abc import Mapping
from typing import Final

from guichet.domain.refusals import Code

_CODES: Final[Mapping[str, tuple[Code, ...]]] = {
    "obtenir-une-habilitation": (
        Code.RIGHT_MISSING,
        Code.RIGHT_DOMAIN,
        Code.RIGHT_MAIL_DOMAIN,
        Code.REPRESENTATIVE_MISSING,
    ),
    "donner-un-role": (Code.ROLE_MISSING,),
    "trouver-son-siret": (Code.SIRET_INVALID, Code.COMPANY_UNKNOWN, Code.COMPANY_CLOSED),
    "finess-ou-pas": (Code.FINESS_INVALID,),
    "rpps-rang": (Code.RPPS_RANK_INVALID, Code.RPPS_RANK_MISSING),
    "numero-de-carte": (
        Code.CARD_NUMBER_INVALID,
        Code.CARD_NOT_FOUND,
        Code.CARD_HOLDER_DIFFERS,
    ),
    "carte-expiree": (Code.CARD_EXPIRED, Code.CARD_REVOKED, Code.CARD_NOT_VALID),
    "connexion-par-carte": (
        Code.CARD_ABSENT,
        Code.CARD_UNTRUSTED,
        Code.CARD_NOT_A_CARD,
        Code.CARD_UNKNOWN,
        Code.LOGIN_TICKET_INVALID,
    ),
    "test-et-production": (Code.CERTIFICATE_OF_TWIN, Code.BENCH_OF_TWIN),
    "mot-de-passe-oublie": (Code.LOGIN_FAILED, Code.LOGIN_LOCKED, Code.PASSWORD_WRONG),
    "cle-refusee": (
        Code.KEY_TYPE,
        Code.KEY_TOO_SHORT,
        Code.KEY_TOO_LONG,
        Code.KEY_EXPONENT,
        Code.KEY_WEAK,
        Code.KEY_SEEN,
        Code.KEY_BURNT,
        Code.KEY_LISTED,
        Code.KEY_IN_USE,
        Code.CSR_SIGNATURE,
    ),
    "csr-par-openssl": (
        Code.CSR_MISSING,
        Code.CSR_UNREADABLE,
        Code.CSR_SEVERAL,
        Code.CSR_IS_PRIVATE_KEY,
        Code.CSR_IS_CERTIFICATE,
    ),
    "renouveler": (Code.RENEWAL_NOT_OPEN, Code.RENEWAL_TOO_LATE, Code.RENEWAL_DIFFERS),
    "code-de-revocation": (Code.REVOCATION_CODE_WRONG, Code.REVOCATION_CODE_WEAK),
    "se-connecter": (Code.LOGIN_REQUIRED, Code.LOGIN_NOT_FRESH),
    "racine-inconnue": (Code.BENCH_UNTRUSTED, Code.CLIENT_CERTIFICATE_UNTRUSTED),
    "quel-usage-choisir": (Code.BENCH_WRONG_OFFER, Code.BENCH_WRONG_USAGE),
    "associer-un-service": (Code.PSC_NOT_ASSOCIATED, Code.PSC_CLIENT_UNKNOWN),
    "secret-perdu": (Code.CREDENTIAL_WRONG, Code.ACCESS_TOKEN_WRONG),
    "deux-personnes": (
        Code.INCIDENT_SAME_PERSON,
        Code.ACCESS_SAME_PERSON,
        Code.TEXT_SAME_PERSON,
        Code.SECOND_APPROVAL_SAME,
    ),
}
ANSWERS: Final[Mapping[Code, str]] = {
    code: slug for slug, codes in _CODES.items() for code in codes
}
