"""The ports that speak TLS, asked by nmap what they would agree to."""

import re
import subprocess

from kit.stack import Stack

PORTS = ("PORT", "CARD_PORT", "BENCH_PORT")


def test_no_port_agrees_to_anything_weak(stack: Stack) -> None:
    """TLS 1.2 and 1.3, suites of grade A with a key exchange of their own each time; no warning."""
    numbers = [stack.env[f"GUICHET_{name}"] for name in PORTS]
    script = ["--script", "ssl-enum-ciphers", "-p", ",".join(numbers)]
    done = subprocess.run(
        ["nmap", "-Pn", "-n", *script, "127.0.0.1"], capture_output=True, text=True, check=True
    )
    told = done.stdout
    assert len(re.findall(r"^\d+/tcp open", told, re.M)) == len(PORTS), told
    versions = set(re.findall(r"(SSLv\d|TLSv1\.\d):", told))
    assert versions == {"TLSv1.2", "TLSv1.3"}, told
    assert "warnings:" not in told, told
    suites = re.findall(r"^\|\s+(TLS_\S+).* - (\w)$", told, re.M)
    assert suites
    weak = [one for one in suites if one[1] != "A" or not _is_forward_secret(one[0])]
    assert not weak, told
    assert re.findall(r"least strength: (\w)", told) == ["A"] * len(PORTS)


def _is_forward_secret(suite: str) -> bool:
    """A key exchange of its own for each connection; TLS 1.3 has no other."""
    return suite.startswith(("TLS_ECDHE_", "TLS_DHE_", "TLS_AKE_")) or "WITH" not in suite
