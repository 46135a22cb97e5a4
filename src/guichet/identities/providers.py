"""The identity providers that people log in by: e-CPS and FranceConnect."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.conf import settings
from django.urls import reverse

from guichet.domain.addresses import EmailAddress
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean
from guichet.identities.oidc import OidcClient
from guichet.identities.operations import ExternalPerson

NAMES_AT_MOST: Final = 80
SUBJECT_AT_MOST: Final = 255  # Core §2
# Pro Santé Connect says SubjectNameID; the other two are usual elsewhere.
NATIONAL_ID_CLAIMS: Final = ("SubjectNameID", "national_id", "preferred_username")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What we ask of a provider and where it sends people back."""

    key: Literal["ecps", "franceconnect"]
    scope: str
    wanted: tuple[str, ...]
    back: str

    def client(self) -> OidcClient:
        """The client of the environment at this provider."""
        environment = settings.GUICHET
        prefix = "oidc" if self.key == "ecps" else self.key
        return OidcClient(
            issuer=getattr(environment, f"{prefix}_issuer"),
            client_id=getattr(environment, f"{prefix}_client_id"),
            client_secret=getattr(environment, f"{prefix}_client_secret"),
            redirect_uri=environment.portal_url + reverse(self.back),
            scope=self.scope,
        )


ECPS: Final = Provider(
    key="ecps",
    scope="openid profile",
    wanted=("SubjectNameID",),
    back="identities:ecps-return",
)
FRANCECONNECT: Final = Provider(
    key="franceconnect",
    scope="openid given_name family_name email birthdate",
    wanted=("given_name", "family_name", "email"),
    back="identities:franceconnect-return",
)


def national_id(claims: Mapping[str, Any]) -> str:
    """The national identifier that an e-CPS login tells. Raises Refusal LOGIN_OIDC_FAILED."""
    for name in NATIONAL_ID_CLAIMS:
        if isinstance(claims.get(name), str) and claims[name]:
            return str(claims[name])
    raise Refusal(Code.LOGIN_OIDC_FAILED)


def person(claims: Mapping[str, Any], language: str) -> ExternalPerson:
    """Who FranceConnect says this is. Raises Refusal LOGIN_OIDC_FAILED on a partial identity."""
    told = {name: str(claims.get(name) or "") for name in ("sub", *FRANCECONNECT.wanted)}
    try:
        return ExternalPerson(
            provider=FRANCECONNECT.key,
            subject=clean(told["sub"], limit=SUBJECT_AT_MOST, field="sub"),
            given_names=clean(told["given_name"], limit=NAMES_AT_MOST, field="given_name"),
            surname=clean(told["family_name"], limit=NAMES_AT_MOST, field="family_name"),
            email=EmailAddress.parse(told["email"]).value,
            language=language,
        )
    except Refusal as refusal:
        raise Refusal(Code.LOGIN_OIDC_FAILED) from refusal
