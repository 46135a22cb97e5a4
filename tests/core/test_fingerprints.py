"""Fingerprints as they are pasted."""

import pytest

from guichet.domain.certificates import fingerprints

SHA256 = "9f" * 31 + "0a"
PAIRS = ":".join(SHA256[n : n + 2] for n in range(0, 64, 2)).upper()


@pytest.mark.parametrize(
    "text",
    [
        SHA256,
        f"  {PAIRS}\n",
        PAIRS.replace(":", " "),
        PAIRS.replace(":", "\u00a0"),
        f"\u200e{SHA256}",
        f"sha256 Fingerprint={PAIRS}",
        f"SHA-256: {PAIRS}",
        f"0x{SHA256}",
        f"{SHA256[:32]}\n{SHA256[32:]}",
    ],
)
def test_a_fingerprint_is_read_however_it_is_written(text: str) -> None:
    """By browsers, OpenSSL, Windows; in any case."""
    found = fingerprints.read(text)
    assert found is not None
    assert (found.digits, found.is_sha256) == (SHA256, True)


@pytest.mark.parametrize(
    "text", ["", SHA256[:-1], f"{SHA256}0", "g" * 64, "٣" * 64, "9f" * 16, f"md5:{'9f' * 16}"]
)
def test_another_text_is_none(text: str) -> None:
    """A serial number has 32 digits here: it is none either."""
    assert fingerprints.read(text) is None


def test_a_sha1_is_told_from_a_sha256() -> None:
    """By its length alone."""
    found = fingerprints.read("SHA1 Fingerprint=" + ":".join(["A0"] * 20))
    assert found == fingerprints.Fingerprint("a0" * 20)
    assert not found.is_sha256
