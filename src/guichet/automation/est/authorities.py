"""The authorities that certify what a label asks, for clients to trust (RFC 7030 §4.1.3)."""

from collections.abc import Iterable

from guichet.authority import authority_facts
from guichet.domain.catalogue import authorities, generations
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates.authority_states import Work


def certificates_for(profiles: Iterable[Profile]) -> tuple[bytes, ...]:
    """Certificates (DER) of the usual authorities of profiles, of every generation in service.

    Up to their roots, and with those that certify one generation by another (RFC 4210 §4.4).
    """
    wanted = {authorities.resolve(profile.authority) for profile in profiles}
    known = {found.code: found for found in authority_facts.authorities()}
    codes: dict[str, None] = {}
    for found in known.values():
        if generations.series_of(found.code) not in wanted or not found.permits(Work.LISTS):
            continue
        code: str | None = found.code
        while code is not None and code in known:
            codes[code] = None
            code = known[code].parent
    crossed = [one.certificate_der for one in authority_facts.crossings() if one.code in codes]
    return (*(known[code].certificate_der for code in codes), *crossed)
