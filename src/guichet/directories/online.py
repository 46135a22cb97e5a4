"""The public API 'Recherche d'entreprises' (DINUM): one establishment by its SIRET.

`GET <base>/search?q=<siret>` gives companies; the establishment is the head office (`siege`) or one
of `matching_etablissements`. No key, about seven requests a second.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from guichet.directories import labels
from guichet.directories.days import parse_day
from guichet.directories.values import (
    Address,
    Closed,
    Company,
    Found,
    Lookup,
    Outage,
    Source,
    Unavailable,
    Undisclosed,
    Unknown,
)
from guichet.domain.identifiers import Siret

if TYPE_CHECKING:
    import httpx

PUBLIC_API: Final = "https://recherche-entreprises.api.gouv.fr"
TIMEOUT_S: Final = 3.0
TRIES: Final = 2
MAX_ANSWER: Final = 2 << 20
NOT_DISCLOSED: Final = ("[ND]", "[NON-DIFFUSIBLE]")

Json = Mapping[str, Any]


class _NoAnswerError(Exception):
    """The API did not answer; trying once more may help or not."""

    def __init__(self, why: Outage, *, again: bool) -> None:
        super().__init__(why.value)
        self.why, self.again = why, again


class OnlineCompanies:
    """The API as a directory; one client, shared by the threads of a process."""

    def __init__(self, base_url: str = PUBLIC_API, timeout_s: float = TIMEOUT_S) -> None:
        import httpx  # noqa: PLC0415 most processes know of this directory, few ask it

        self._unheard = httpx.HTTPError
        self._client = httpx.Client(
            base_url=base_url.rstrip("/"),
            timeout=timeout_s,
            headers={"User-Agent": "guichet", "Accept": "application/json"},
        )

    def close(self) -> None:
        """Drop the connections kept open."""
        self._client.close()

    def find(self, siret: Siret) -> Lookup:
        """Look one establishment up; a fault of the network or of the server is tried twice."""
        why = Outage.NETWORK
        for _ in range(TRIES):
            try:
                return _answer(self._ask(siret), siret)
            except _NoAnswerError as error:
                why = error.why
                if not error.again:
                    break
        return Unavailable(why)

    def _ask(self, siret: Siret) -> bytes:
        parameters = {"q": siret.value, "page": "1", "per_page": "1"}
        try:
            with self._client.stream("GET", "/search", params=parameters) as response:
                _accept(response.status_code)
                return _bounded(response)
        except self._unheard as error:
            raise _NoAnswerError(Outage.NETWORK, again=True) from error


def _accept(status: int) -> None:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _NoAnswerError(Outage.RATE_LIMITED, again=False)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise _NoAnswerError(Outage.SERVER_ERROR, again=True)
    if status != HTTPStatus.OK:
        raise _NoAnswerError(Outage.ANSWER_UNEXPECTED, again=False)


def _bounded(response: "httpx.Response") -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise _NoAnswerError(Outage.ANSWER_UNEXPECTED, again=False)
    return bytes(body)


def _answer(body: bytes, siret: Siret) -> Lookup:
    try:
        results = json.loads(body)["results"]
        for unit in results:
            for site in (unit.get("siege") or {}, *(unit.get("matching_etablissements") or ())):
                if site.get("siret") == siret.value:
                    return _lookup(unit, site, siret)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _NoAnswerError(Outage.ANSWER_UNEXPECTED, again=False) from error
    return Unknown()


def _lookup(unit: Json, site: Json, siret: Siret) -> Lookup:
    statuses = (unit.get("statut_diffusion"), site.get("statut_diffusion_etablissement"))
    shown = _text(unit, "nom_raison_sociale") + _text(unit, "nom_complet") + _text(site, "adresse")
    if any(status not in {"O", None} for status in statuses):
        return Undisclosed()
    if any(mark in shown for mark in NOT_DISCLOSED):
        return Undisclosed()
    company = _company(unit, site, siret)
    return Found(company) if company.is_open else Closed(company)


def _text(mapping: Json, key: str) -> str:
    """A text of the answer; what is absent, null or of another type is empty."""
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _company(unit: Json, site: Json, siret: Siret) -> Company:
    is_open = _text(site, "etat_administratif") == "A" and _text(unit, "etat_administratif") != "C"
    closed_on = _text(site, "date_fermeture") or _text(unit, "date_fermeture")
    signs = site.get("liste_enseignes")
    created_on = _text(unit, "date_creation") or _text(site, "date_creation")
    return Company(
        siret=siret,
        legal_name=_text(unit, "nom_raison_sociale") or _text(unit, "nom_complet"),
        legal_form=labels.legal_form(_text(unit, "nature_juridique")),
        naf=labels.naf(_text(site, "activite_principale") or _text(unit, "activite_principale")),
        address=_address(site),
        created_on=parse_day(created_on),
        headcount=labels.headcount(_text(unit, "tranche_effectif_salarie")),
        sign=str(signs[0]) if isinstance(signs, list) and signs else "",
        turnover=_turnover(unit.get("finances")),
        is_head_office=site.get("est_siege") is True,
        is_open=is_open,
        closed_on=None if is_open else parse_day(closed_on),
        source=Source.COMPANY_API,
        as_of=parse_day(_text(unit, "date_mise_a_jour")),
    )


def _address(site: Json) -> Address:
    """The API gives one line; what follows the postcode is told apart again."""
    postcode, town = _text(site, "code_postal"), _text(site, "libelle_commune")
    insee_code = _text(site, "commune")
    line = _text(site, "adresse")
    number = labels.department_number(insee_code)
    return Address(
        street=line.rpartition(postcode)[0].strip() if postcode and postcode in line else line,
        postcode=postcode,
        town=town,
        insee_code=insee_code,
        department_number=number,
        department_name=labels.department_name(number),
    )


def _turnover(finances: object) -> str:
    """The newest turnover published, in euros; empty when there is none."""
    if not isinstance(finances, Mapping) or not finances:
        return ""
    newest = finances[max(finances)]
    amount = newest.get("ca") if isinstance(newest, Mapping) else None
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        return ""
    return str(int(amount)) if float(amount).is_integer() else ""
