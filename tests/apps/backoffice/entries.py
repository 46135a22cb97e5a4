"""Ways in that a provider or a card opens: played up to the answer that is counted, then undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import httpx
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import ECKey

from apps.backoffice.programs import CARD, step
from apps.backoffice.scenery import Scene
from apps.backoffice.steps import Step
from apps.habilitations import dossiers
from apps.identities.applicants import EMAIL
from apps.orders.counter import Person
from guichet.identities.cards import RecognisedCard
from guichet.identities.handover import CARD_KEY, OIDC_KEY
from guichet.identities.models import Card, ExternalIdentity
from guichet.identities.operations import binding_of, issue_ticket
from guichet.identities.peer import PeerTls
from guichet.identities.providers import PROVIDERS

ISSUER = "https://fournisseur.test"
ISSUERS = tuple(f"{one.prefix}_issuer" for one in PROVIDERS.values())
NEW_EMAIL = "nouvelle@clinique.test"
NAMES = {"given_name": "JULIE", "family_name": "NEUVE", "usual_name": "NEUVE"}
JOINING = ("franceconnect", "proconnect")
LIFE_SECONDS = 60
# The second attaches it to the account that is logged in.
LOGIN, ATTACHING = "/connexion/carte/", "/connexion/carte/?rattacher=1"


class Provider:
    """Answers for all three, to one browser at a time."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256")
        self.token = ""

    def __call__(self, request: httpx.Request, *_further: Any) -> httpx.Response:
        """In place of oidc._send."""
        match request.url.path:
            case "/token":
                told: Any = {"id_token": self.token, "access_token": "jeton"}
            case "/jwks":
                told = {"keys": [self.key.as_dict(private=False)]}
            case _:
                names = ("authorization", "token", "userinfo")
                told = {f"{name}_endpoint": f"{ISSUER}/{name}" for name in names}
                told |= {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/jwks"}
        return httpx.Response(200, json=told)

    def sends_back(self, way: str, person: Mapping[str, str], browser: Client) -> str:
        """Begin there and log in as this person; the address the browser is sent back to."""
        browser.get(f"/connexion/{way}/", secure=True)
        begun, at = browser.session[OIDC_KEY], int(timezone.now().timestamp())
        claims = {"iss": ISSUER, "aud": PROVIDERS[way].client().client_id, "sub": "neuve"}
        times = {"iat": at, "exp": at + LIFE_SECONDS, "nonce": begun["nonce"]}
        self.token = jwt.encode({"alg": "ES256"}, {**claims, **times, **person}, self.key)
        return f"/connexion/{way}/retour?state={begun['state']}&code=x"


def at_providers(provider: Provider, scene: Scene) -> Iterator[Step]:
    """Begin at each, come back, and tell whose the account is that has this address."""
    known = {"SubjectNameID": scene.town.people["operator"].account.national_id}
    for way in PROVIDERS:
        told = known if way == "ecps" else _called(NEW_EMAIL)
        begin = f"/connexion/{way}/"
        browser = Client()
        yield _undone("", begin, browser, partial(_get, browser, begin))
        back: list[str] = []
        returned = _undone("", f"{begin}retour", browser, partial(_follow, browser, back))
        returned.prepare = partial(_sent_back, provider, way, told, browser, back)
        yield returned
    for way in JOINING:
        browser, join = Client(), f"/connexion/{way}/rattacher/"
        joined = _undone("", join, browser, partial(_get, browser, join))
        joined.prepare = partial(_brought, provider, way, browser)
        yield joined


def by_card(scene: Scene) -> Iterator[Step]:
    """A card that the card port recognised: it logs in, or is attached to who is logged in."""
    holder, julien = scene.town.people["nobody"], scene.town.people["julien"].browser
    browser, back = Client(), list[str]()
    ask = partial(_follow, browser, back)
    entered = _undone("", "/connexion/carte/retour", browser, ask)
    entered.prepare = partial(_shown, browser, LOGIN, holder, back)
    yield entered
    address = "/connexion/compte/carte/"
    attached = _undone("julien", address, julien, partial(_get, julien, address))
    attached.prepare = partial(_attaching, julien, holder)
    yield attached


def at_card_port() -> Step:
    """The handshake brought a card; the code of a login is written."""
    peer = PeerTls((b"the certificate of a card",), "TLSv1.3", "")
    browser = Client(**CARD, **{"guichet.peer": peer})
    address = f"/carte/connexion?demande={binding_of('x')}"
    found = step("card", "visitor", "GET", address, browser, partial(_get, browser, address))
    found.prepare = _nothing
    return found


def _undone(who: str, address: str, browser: Client, ask: Callable[[], Any]) -> Step:
    found = step("portal", who, "GET", address, browser, ask)
    found.prepare = _nothing
    return found


def _nothing() -> None:
    """Only that what is asked is undone, though it is a GET."""


def _called(email: str) -> dict[str, str]:
    return {**NAMES, "email": email, "siret": dossiers.HOSPITAL}


def _get(browser: Client, address: str) -> HttpResponse:
    return browser.get(address, secure=True)  # type: ignore[return-value]


def _follow(browser: Client, back: list[str]) -> HttpResponse:
    return _get(browser, back[-1])


def _sent_back(
    provider: Provider, way: str, person: Mapping[str, str], browser: Client, back: list[str]
) -> None:
    back.append(provider.sends_back(way, person, browser))


def _brought(provider: Provider, way: str, browser: Client) -> None:
    """Back as somebody whose address a local account has, which nobody linked."""
    ExternalIdentity.objects.filter(account__email=EMAIL, provider=way).delete()
    _get(browser, provider.sends_back(way, _called(EMAIL), browser))


def _shown(browser: Client, begin: str, holder: Person, back: list[str]) -> None:
    """The code that the card port gives to the session that began there."""
    _get(browser, begin)
    card = Card.objects.get(account_id=holder.account.pk)
    known = RecognisedCard(
        card_id=card.pk, account_id=card.account_id, number=card.number, certificate=b"x"
    )
    nonce = browser.session[CARD_KEY][0]
    code = issue_ticket(card=known, binding=binding_of(nonce), at=timezone.now())
    back.append(f"/connexion/carte/retour?code={code}")


def _attaching(browser: Client, holder: Person) -> None:
    browser.post("/connexion/compte/carte/retirer/", {}, secure=True)
    back: list[str] = []
    _shown(browser, ATTACHING, holder, back)
    _follow(browser, back)
