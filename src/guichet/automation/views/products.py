"""/products: the inventory, and revocation."""

from typing import Annotated, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from guichet.automation.authentication import caller
from guichet.automation.bodies import product_detail, product_out
from guichet.automation.responses import PROOF_PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS
from guichet.automation.schemas import (
    EvidenceOut,
    Number,
    ProductDetail,
    ProductQuery,
    ProductsPage,
    ProofsOut,
    RevocationBody,
    RevocationOut,
)
from guichet.domain.machines import Verb
from guichet.domain.orders.revocation import parse_motive
from guichet.orders import evidence, operations, proofs, queries
from guichet.orders.filters import ProductFilters

router: Final = Router()


@router.get("", response={200: ProductsPage, **READ_PROBLEMS})
def list_products(request: HttpRequest, asked: Annotated[ProductQuery, Query()]) -> ProductsPage:
    """Certificates of the structures the card acts for, newest first."""
    filters = ProductFilters(
        text=asked.text,
        state=asked.state,
        structure_id=asked.structure,
        tag=asked.tag,
        owner_email=asked.owner,
        page=str(asked.page),
        counts_all=True,
    )
    found = queries.products_for(caller(request, Verb.READ), filters, timezone.now())
    return ProductsPage.of(map(product_out, found.object_list), found)


@router.get("/{number}", response={200: ProductDetail, **READ_PROBLEMS})
def get_product(request: HttpRequest, number: Annotated[Number, Path()]) -> ProductDetail:
    """One product, with its certificate and chain."""
    return product_detail(queries.product(number, caller(request, Verb.READ), timezone.now()))


@router.get("/{number}/proofs", response={200: ProofsOut, **READ_PROBLEMS})
def list_proofs(request: HttpRequest, number: Annotated[Number, Path()]) -> ProofsOut:
    """What the journal proves of a product, its order and its certificates."""
    actor = caller(request, Verb.READ)
    product = queries.product(number, actor, timezone.now())
    return ProofsOut.model_validate(proofs.as_json(product, proofs.proofs_of(product, actor)))


@router.get("/{number}/evidence", response={200: EvidenceOut, **PROOF_PROBLEMS})
def get_evidence(request: HttpRequest, number: Annotated[Number, Path()]) -> EvidenceOut:
    """The evidence file of a product: keep it, and verify it offline by guichet-verify."""
    actor, at = caller(request, Verb.READ), timezone.now()
    product = evidence.product_for(number, actor, at)
    return EvidenceOut.model_validate(evidence.evidence_of(product, actor, at))


@router.post("/{number}/revocation", response={200: RevocationOut, **WRITE_PROBLEMS})
def revoke(
    request: HttpRequest, number: Annotated[Number, Path()], asked: RevocationBody
) -> RevocationOut:
    """Revoke a certificate, definitively: by right of ownership, or by its revocation code."""
    receipt = operations.revoke(
        product_number=number,
        by=caller(request, Verb.REVOKE),
        code=asked.revocation_code,
        motive=parse_motive(asked.reason),
        at=timezone.now(),
    )
    return RevocationOut(
        product=receipt.product_number,
        request=receipt.request_number,
        serial=receipt.serial_hex,
        revoked_at=receipt.revoked_at,
    )
