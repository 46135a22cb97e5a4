"""Which declared profile a certificate follows, by its issuer and what it is for.

TEST leaves all carry one policy OID, so the policy alone does not tell offers apart.
"""

from typing import Final

from guichet.domain.catalogue import authorities, generations, profiles
from guichet.domain.catalogue.profiles import Profile
from guichet.x509 import names
from guichet.x509.decode import Description

_KEY_USAGE_NAMES: Final = {
    "digital_signature": "digitalSignature",
    "content_commitment": "nonRepudiation",
    "key_encipherment": "keyEncipherment",
    "data_encipherment": "dataEncipherment",
    "key_agreement": "keyAgreement",
}


def recognise(said: Description, issuer_code: str) -> Profile | None:
    """The profile of a certificate signed by this authority (full code); None when none fits.

    A title in the name tells a health professional (PS) from a person of a structure (PRO).
    """
    fitting = [p for p in profiles.every() if _fits(p, said, issuer_code)]
    has_title = bool(names.values(said.subject, names.TITLE))
    fitting.sort(key=lambda p: (p.offer == "PS") is not has_title)
    return fitting[0] if fitting else None


def _fits(profile: Profile, said: Description, issuer_code: str) -> bool:
    usages = {_KEY_USAGE_NAMES[name] for name in profile.key_usage_for(said.key.kind)}
    return (
        generations.series_of(issuer_code) in map(authorities.resolve, profile.authorities)
        and set(profile.extended_key_usage) == set(said.extended_key_usage)
        and usages == said.key_usage
        and _fits_names(profile, said)
    )


def _fits_names(profile: Profile, said: Description) -> bool:
    match profile.san:
        case "none":
            return not said.dns_names and not said.emails
        case "dns":
            return bool(said.dns_names)
        case "email":
            return bool(said.emails)
        case "email-optional":  # pragma: no branch
            return not said.dns_names
