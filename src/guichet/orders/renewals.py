"""How the renewal of a product stands, and what an order that renews one must respect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guichet.authority import key_uses
from guichet.domain.catalogue import profiles
from guichet.domain.certificates import csr_policy
from guichet.domain.orders.incidents import DECIDED, OF_THE_KEY
from guichet.domain.orders.renewal import ALIVE, Heir, Renewable, RenewalState, heir_of
from guichet.domain.orders.request import OrderRequest
from guichet.domain.orders.states import OrderState
from guichet.domain.refusals import Code, Objection, Refusal
from guichet.orders import listed_keys
from guichet.orders.models import Order, Product, Touched
from guichet.orders.policy import policy
from guichet.orders.summaries import ProductSummary


@dataclass(frozen=True, slots=True)
class Standing:
    """What pages say of the end of a product; `opens_at` is from when it may be renewed."""

    state: RenewalState
    opens_at: datetime
    heir: Heir | None


def standing(product: ProductSummary, at: datetime) -> Standing:
    """How the renewal of a product read with its heir stands at this instant."""
    before = _opens_before(product)
    facts = _renewable(product)
    return Standing(facts.state(before, at), facts.opens_at(before), product.heir)


def require_open(product: ProductSummary, at: datetime) -> None:
    """Return when a product read with its heir may be renewed. Raises Refusal: RENEWAL_*."""
    _renewable(product).admit(_opens_before(product), at)


def heirs(numbers: Iterable[int]) -> Mapping[int, Heir]:
    """The renewals that count of these products, by product number; those without are absent."""
    rows = Order.objects.filter(renewal_of__in=list(numbers), state__in=sorted(ALIVE))
    found: dict[int, list[Heir]] = {}
    for renewed, number, state, product, revoked_at in rows.values_list(
        "renewal_of", "number", "state", "product__number", "product__revoked_at"
    ):
        heir = Heir(
            order=number,
            state=OrderState(state),
            product=product,
            is_revoked=revoked_at is not None,
        )
        found.setdefault(renewed or 0, []).append(heir)
    chosen = ((number, heir_of(several)) for number, several in found.items())
    return {number: heir for number, heir in chosen if heir is not None}


def with_heirs(products: Iterable[ProductSummary]) -> list[ProductSummary]:
    """The same products, each with the renewal that counts: one query for all."""
    several = list(products)
    found = heirs(product.number for product in several) if several else {}
    return [replace(product, heir=found.get(product.number)) for product in several]


def admit(*, number: int, asked: OrderRequest, spki_sha256: str, at: datetime) -> int | None:
    """Return when a product may be renewed by this order; the certificate that lends it its key.

    None when the key is new. The caller holds the lock of the orders' numbers, so that one
    product is renewed once. Raises Refusal: PRODUCT_UNKNOWN, RENEWAL_*, KEY_NOT_RENEWABLE,
    KEY_TOO_OLD.
    """
    row = Product.objects.select_related("order").filter(number=number).first()
    if row is None:
        raise Refusal(Code.PRODUCT_UNKNOWN)
    facts = Renewable(
        not_before=row.not_before,
        not_after=row.not_after,
        is_revoked=row.revoked_at is not None,
        heir=heirs([number]).get(number),
    )
    facts.admit(_opens_before(row), at)
    if _named(row.order) != _asked(asked):
        raise Refusal(Code.RENEWAL_DIFFERS)
    if not key_uses.carries(row.certificate_id, spki_sha256):
        return None
    if is_key_recalled(row.certificate_id, row.recalled_for):
        raise Refusal(Code.KEY_NOT_RENEWABLE)
    if found := tuple(_too_old(spki_sha256, at)):
        raise Refusal(found[0].code, all=found)
    return row.certificate_id


def objections_to_same_key(product: ProductSummary, at: datetime) -> tuple[Objection, ...]:
    """Why the key of a product may not serve again, by today's policy; empty when it may."""
    der = key_uses.request_of(product.certificate_id)
    is_recalled = is_key_recalled(product.certificate_id, product.recalled_for)
    if der is None or product.revoked_at is not None or is_recalled:
        return (Objection(Code.KEY_NOT_RENEWABLE),)
    csr = csr_policy.read(der)
    use = key_uses.judge(csr.key.spki_sha256, renews=product.certificate_id, at=at)
    profile = profiles.profile(product.order.profile)
    found = csr_policy.objections(csr, profile, past=use.past)
    return (
        *listed_keys.explained(found, csr.key.spki_sha256),
        *_too_old(csr.key.spki_sha256, at),
    )


def same_request(product: ProductSummary) -> bytes:
    """The request (DER) whose key a product carries. Raises Refusal(KEY_NOT_RENEWABLE)."""
    der = key_uses.request_of(product.certificate_id)
    if der is None:
        raise Refusal(Code.KEY_NOT_RENEWABLE)
    return der


def is_recalled(number: int | None) -> bool:
    """Whether an approved incident will revoke a product: its renewal is one of a campaign."""
    if number is None:
        return False
    return Product.objects.filter(number=number, recalled_for__isnull=False).exists()


def is_key_recalled(certificate_id: int, recalled_for: datetime | None) -> bool:
    """Whether an approved incident says that the key of a certificate is not safe."""
    if recalled_for is None:
        return False
    touched = Touched.objects.filter(
        certificate_id=certificate_id,
        incident__state__in=sorted(state.value for state in DECIDED),
        incident__reason__in=sorted(reason.value for reason in OF_THE_KEY),
    )
    return touched.exists()


def _opens_before(product: Product | ProductSummary) -> timedelta:
    """How long before its end a product may be renewed: at once when an incident recalls it."""
    usual = policy().renewal_opens
    if product.recalled_for is None:
        return usual
    return max(usual, product.not_after - product.not_before)


def _too_old(spki_sha256: str, at: datetime) -> Iterable[Objection]:
    since = key_uses.certified_since(spki_sha256)
    if since is not None and at - since > policy().key_life:
        yield Objection(Code.KEY_TOO_OLD, (("since", since.date().isoformat()),))


def _renewable(product: ProductSummary) -> Renewable:
    return Renewable(
        not_before=product.not_before,
        not_after=product.not_after,
        is_revoked=product.revoked_at is not None,
        heir=product.heir,
    )


def _named(order: Order) -> tuple[str, ...]:
    """What a certificate designates: a renewal designates the same."""
    national_id = order.person["national_id"] if order.person else ""
    return (
        order.structure_id,
        order.offer,
        order.usage,
        order.service,
        order.fqdn,
        national_id or order.mail,
    )


def _asked(asked: OrderRequest) -> tuple[str, ...]:
    national_id = str(asked.person.national_id) if asked.person else ""
    return (
        str(asked.structure_id),
        asked.offer.value,
        asked.usage.value,
        asked.service or "",
        str(asked.fqdn or ""),
        national_id or str(asked.mail or ""),
    )
