"""The identity providers that people log in by: e-CPS, FranceConnect and ProConnect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from guichet.domain.addresses import EmailAddress
from guichet.domain.identifiers import Siret
from guichet.domain.refusals import Code, Refusal
from guichet.domain.texts import clean
from guichet.identities.actors import Proof
from guichet.identities.oidc import OidcClient, TlsIdentity
from guichet.identities.operations import ExternalPerson

NAMES_AT_MOST: Final = 80
MULTI_FACTOR: Final = "mfa"  # RFC 8176 §2
SUBJECT_AT_MOST: Final = 255  # Core §2
# Pro Santé Connect says SubjectNameID; the other two are usual elsewhere.
NATIONAL_ID_CLAIMS: Final = ("SubjectNameID", "national_id", "preferred_username")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What we ask of a provider, and how it names what it answers.

    `prefix` is that of its settings. Where `opens_accounts`, a first login opens an account;
    where `proves_siret`, the provider vouches for the establishment that somebody works at; where
    `is_mutual`, it wants a certificate of its clients.
    `second_factors` are the values of its `acr` that tell of two factors, beside an `amr` that
    does: none of FranceConnect's opens the roles of the staff.
    """

    key: Literal["ecps", "franceconnect", "proconnect"]
    label: str
    prefix: str
    scope: str
    wanted: tuple[str, ...]
    surname: str = "family_name"
    opens_accounts: bool = True
    proves_siret: bool = False
    is_mutual: bool = False
    second_factors: frozenset[str] = frozenset()
    claims_asked: tuple[str, ...] = ()

    @property
    def is_offered(self) -> bool:
        """Whether the environment names an issuer."""
        return bool(self._setting("issuer"))

    def client(self) -> OidcClient:
        """The client of the environment at this provider."""
        return OidcClient(
            issuer=self._setting("issuer"),
            client_id=self._setting("client_id"),
            client_secret=self._setting("client_secret"),
            redirect_uri=settings.GUICHET.portal_url + reverse(f"identities:{self.key}-return"),
            scope=self.scope,
            identity=self._identity(),
            claims_asked=self.claims_asked,
        )

    def proof(self, claims: Mapping[str, Any], *, again: bool, at: datetime) -> Proof:
        """What it says of the login: by two factors or not, and when it took place.

        Without an `auth_time`, only a login that was asked for anew is known to be of this moment.
        """
        methods = claims.get("amr")
        has_two = isinstance(methods, list) and MULTI_FACTOR in methods
        second_factor = bool(self.second_factors) and (
            has_two or claims.get("acr") in self.second_factors
        )
        return Proof(second_factor=second_factor, at=_proved_at(claims, again=again, at=at))

    def _identity(self) -> TlsIdentity | None:
        """What is presented to Pro Santé Connect (EXI_PSC_24); the others ask for nothing."""
        if not self.is_mutual:
            return None
        found = TlsIdentity(settings.GUICHET.oidc_certificate, settings.GUICHET.oidc_roots)
        return found if found.certificate or found.roots else None

    def person(self, claims: Mapping[str, Any], language: str) -> ExternalPerson:
        """Who it says this is. Raises Refusal LOGIN_OIDC_FAILED on a partial identity."""
        told = {name: str(claims.get(name) or "") for name in ("sub", *self.wanted)}
        try:
            return ExternalPerson(
                provider=self.key,
                subject=clean(told["sub"], limit=SUBJECT_AT_MOST, field="sub"),
                given_names=clean(told["given_name"], limit=NAMES_AT_MOST, field="given_name"),
                surname=clean(told[self.surname], limit=NAMES_AT_MOST, field=self.surname),
                email=EmailAddress.parse(told["email"]).value,
                language=language,
                siret=Siret.parse(told["siret"]).value if self.proves_siret else "",
            )
        except Refusal as refusal:
            raise Refusal(Code.LOGIN_OIDC_FAILED) from refusal

    def _setting(self, name: str) -> str:
        return str(getattr(settings.GUICHET, f"{self.prefix}_{name}"))


ECPS: Final = Provider(
    key="ecps",
    label="e-CPS",
    prefix="oidc",
    scope="openid profile",
    wanted=("SubjectNameID",),
    opens_accounts=False,
    is_mutual=True,
)
FRANCECONNECT: Final = Provider(
    key="franceconnect",
    label="FranceConnect",
    prefix="franceconnect",
    scope="openid given_name family_name email birthdate",
    wanted=("given_name", "family_name", "email"),
)
# Claims: https://data.gouv.fr/fr/dataservices/ProConnect
PROCONNECT: Final = Provider(
    key="proconnect",
    label="ProConnect",
    prefix="proconnect",
    scope="openid given_name usual_name email uid siret",
    wanted=("given_name", "usual_name", "email", "siret"),
    surname="usual_name",
    proves_siret=True,
    second_factors=frozenset(
        {
            "eidas2",
            "eidas3",
            "https://proconnect.gouv.fr/assurance/self-asserted-2fa",
            "https://proconnect.gouv.fr/assurance/consistency-checked-2fa",
        }
    ),
    claims_asked=("acr", "amr"),
)
PROVIDERS: Final[Mapping[str, Provider]] = {
    found.key: found for found in (ECPS, FRANCECONNECT, PROCONNECT)
}
ACCOUNT_PROVIDERS: Final = tuple(found for found in PROVIDERS.values() if found.opens_accounts)


def _proved_at(claims: Mapping[str, Any], *, again: bool, at: datetime) -> datetime | None:
    told = claims.get("auth_time")
    if isinstance(told, int | float) and not isinstance(told, bool):
        return min(datetime.fromtimestamp(told, UTC), at)
    return at if again else None


def offered(key: str) -> Provider:
    """The provider of an address. Raises Http404 where the environment names none."""
    found = PROVIDERS.get(key)
    if found is None or not found.is_offered:
        raise Http404
    return found


def national_id(claims: Mapping[str, Any]) -> str:
    """The national identifier that an e-CPS login tells. Raises Refusal LOGIN_OIDC_FAILED."""
    for name in NATIONAL_ID_CLAIMS:
        if isinstance(claims.get(name), str) and claims[name]:
            return str(claims[name])
    raise Refusal(Code.LOGIN_OIDC_FAILED)
