"""Which shard of its authority's lists a certificate fills, fixed when it is planned."""

from collections.abc import Iterable, Mapping

from guichet.authority.leased import Leased
from guichet.authority.models import CertificationAuthority, CrlScope
from guichet.domain.catalogue import authorities
from guichet.domain.catalogue.profiles import Profile
from guichet.domain.certificates.extensions import WHOLE, PkiUrls


class Filling:
    """The counts of some authorities, locked in one order until the transaction ends.

    To be made before anything is written in the journal: whoever holds its lock takes no other.
    """

    def __init__(self, rows: Iterable[Leased], urls: PkiUrls) -> None:
        self.urls = urls
        wholes = CrlScope.objects.filter(
            shard=WHOLE, authority__in={row.authority_id for row in rows}
        )
        locked = wholes.select_for_update(no_key=True).order_by("authority")
        self._wholes: Mapping[int, CrlScope] = {scope.authority_id: scope for scope in locked}
        self._known: dict[tuple[int, int], bool] = {}

    def next(self, authority: CertificationAuthority, profile: Profile) -> int:
        """The shard of one more certificate; what carries no address of a list fills none.

        The lists of a shard repeat one address, which all its certificates carry: when addresses
        change, the next shard begins.
        """
        if not profile.crl:
            return WHOLE
        whole, spec = self._wholes[authority.pk], authorities.spec(authority.code)
        shard = spec.shard_of(whole.planned)
        if shard != WHOLE and not self._is_open(authority, shard):
            whole.planned = spec.first_of(shard + 1)
            shard = spec.shard_of(whole.planned)
            self._is_open(authority, shard)
        whole.planned += 1
        return shard

    def save(self) -> None:
        """Keep the counts; to be done once all are filled."""
        for whole in self._wholes.values():
            whole.save(update_fields=["planned"])

    def _is_open(self, authority: CertificationAuthority, shard: int) -> bool:
        """Whether a shard's lists repeat our addresses; asked once of each in a batch."""
        if (known := self._known.get((authority.pk, shard))) is not None:
            return known
        scope, _is_new = CrlScope.objects.get_or_create(
            authority=authority, shard=shard, defaults={"pki_base": self.urls.base}
        )
        self._known[authority.pk, shard] = scope.pki_base == self.urls.base
        return self._known[authority.pk, shard]
