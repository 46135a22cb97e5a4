"""Check digits of the French identifiers."""


def luhn(digits: str) -> bool:
    """Tell whether the digits, the last one being the key, pass the Luhn test (ISO/IEC 7812-1)."""
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + rank % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def la_poste(siret: str) -> bool:
    """Tell whether a SIRET of La Poste passes its own rule: digit sum divisible by five."""
    return siret.startswith("356000000") and sum(map(int, siret)) % 5 == 0
