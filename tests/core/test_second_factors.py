"""When a provider's word opens the roles of the staff, and when a login is of this moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guichet.identities import browsers
from guichet.identities.providers import ECPS, FRANCECONNECT, PROCONNECT, Provider

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
AN_HOUR_AGO = NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("provider", "claims", "two"),
    [
        (PROCONNECT, {"acr": "eidas2"}, True),
        (PROCONNECT, {"acr": "eidas1", "amr": ["pwd", "mfa"]}, True),
        (PROCONNECT, {"acr": "https://proconnect.gouv.fr/assurance/self-asserted-2fa"}, True),
        (PROCONNECT, {"acr": "eidas1", "amr": ["pwd"]}, False),
        (PROCONNECT, {"amr": "mfa"}, False),
        (PROCONNECT, {}, False),
        (FRANCECONNECT, {"acr": "eidas3", "amr": ["mfa"]}, False),
    ],
)
def test_two_factors_are_said_by_the_provider(
    provider: Provider, claims: dict[str, Any], two: bool
) -> None:
    """eidas1 is a password at ProConnect; FranceConnect opens no role of the staff."""
    assert provider.proof(claims, again=False, at=NOW).second_factor is two


@pytest.mark.parametrize(
    ("claims", "again", "proved_at"),
    [
        ({"auth_time": AN_HOUR_AGO.timestamp()}, True, AN_HOUR_AGO),
        ({"auth_time": (NOW + timedelta(minutes=1)).timestamp()}, False, NOW),
        ({"auth_time": True}, False, None),
        ({}, False, None),
        ({}, True, NOW),
    ],
)
def test_a_session_kept_at_the_provider_is_no_proof(
    claims: dict[str, Any], again: bool, proved_at: datetime | None
) -> None:
    assert ECPS.proof(claims, again=again, at=NOW).at == proved_at


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox, Linux",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge, Windows",
        ),
        ("curl/8.5.0", ""),
        ("<script>alert(1)</script> Safari/", "Safari"),
    ],
)
def test_a_browser_is_known_again_by_two_words(agent: str, told: str) -> None:
    assert browsers.named(agent) == told
