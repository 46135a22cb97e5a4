"""A withdrawn certificate in the forms that servers and browsers read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from guichet.authority import queries as authority
from guichet.authority.queries import IssuedCertificate
from guichet.identities.access import ActorRequest, login_required
from guichet.orders import queries
from guichet.web import environments
from guichet.x509 import bundles


@dataclass(frozen=True, slots=True)
class Form:
    """One file to download: its media type and how it is made."""

    media_type: str
    write: Callable[[IssuedCertificate], str | bytes]


FORMS: Final[Mapping[str, Form]] = {
    "certificat.pem": Form("application/x-pem-file", lambda issued: bundles.pem(issued.der)),
    "certificat.cer": Form("application/pkix-cert", lambda issued: issued.der),
    "certificat.p7b": Form(
        "application/x-pkcs7-certificates",
        lambda issued: bundles.pkcs7([issued.der, *issued.chain_ders]),
    ),
    "chaine.pem": Form(
        "application/x-pem-file",
        lambda issued: bundles.pem_chain([issued.der, *issued.chain_ders[:-1]]),
    ),
    "autorites.pem": Form(
        "application/x-pem-file", lambda issued: bundles.pem_chain(issued.chain_ders)
    ),
}


@never_cache
@login_required
@require_safe
def download(request: ActorRequest, number: int, name: str) -> HttpResponse:
    """One file of a product, also once it is expired or revoked."""
    product = queries.product(number, request.actor, request.received_at)
    form = FORMS.get(name)
    if form is None:
        raise Http404
    issued = authority.certificate(product.certificate_id)
    stem, _dot, ending = name.partition(".")
    answer = HttpResponse(form.write(issued), content_type=form.media_type)
    named = environments.marked(f"{stem}-{number}.{ending}")
    answer["Content-Disposition"] = f'attachment; filename="{named}"'
    return answer
