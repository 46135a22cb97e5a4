"""Where the counter connects on somebody's word: webhooks, validations, servers of the bench.

Nobody makes it reach its own machine, its own network or its cloud's secrets (OWASP ASVS 5, 1.3.6).
"""

from ipaddress import ip_address, ip_network

import pytest

from guichet.domain import destinations, targets
from guichet.domain.refusals import Refusal
from guichet.domain.webhooks import HookUrl

OPENED = (ip_network("10.20.0.0/16"),)
# address, whether a webhook or a validation may reach it, whether a name of the bench's list may
# lead there: the operator wrote that name down, and his own networks are what it is for.
TABLE = [
    ("93.184.216.34", True, True),
    ("2606:2800:220:1:248:1893:25c8:1946", True, True),
    ("127.0.0.1", False, False),
    ("127.8.8.8", False, False),
    ("0.0.0.0", False, False),  # noqa: S104 an address to refuse
    ("169.254.169.254", False, False),
    ("fe80::1", False, False),
    ("::1", False, False),
    ("::", False, False),
    ("224.0.0.1", False, False),
    ("ff02::1", False, False),
    ("::ffff:127.0.0.1", False, False),
    ("::ffff:169.254.169.254", False, False),
    ("64:ff9b::7f00:1", False, False),
    ("2002:7f00:1::", False, False),
    ("10.1.2.3", False, True),
    ("192.0.0.8", False, True),
    ("::7f00:1", False, True),
    ("5f00::1", False, True),
    ("10.20.1.2", True, True),
    ("192.168.1.1", False, True),
    ("100.64.0.1", False, True),
    ("fd00::1", False, True),
]


@pytest.mark.parametrize(("address", "is_reached", "is_led_to"), TABLE)
def test_addresses(address: str, is_reached: bool, is_led_to: bool) -> None:
    """An IPv6 address that stands for an IPv4 one is judged as both."""
    assert destinations.is_allowed(ip_address(address), OPENED) is is_reached
    assert targets.may_lead_to("serveur.hopital.fr", address) is is_led_to
    literal = f"[{address}]" if ":" in address else address
    if is_reached:
        assert HookUrl.parse(f"https://{literal}/", OPENED)
    else:
        with pytest.raises(Refusal):
            HookUrl.parse(f"https://{literal}/", OPENED)


@pytest.mark.parametrize(
    "url",
    [
        "http://93.184.216.34/",
        "file:///etc/passwd",
        "gopher://93.184.216.34/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://93.184.216.34@127.0.0.1/",
        "https://[::ffff:7f00:1]/",
    ],
)
def test_other_spellings_lead_nowhere_else(url: str) -> None:
    """REFUSED."""
    with pytest.raises(Refusal):
        HookUrl.parse(url, ())
