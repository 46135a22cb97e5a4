"""Why a public key is on the list of those that are never certified."""

from enum import StrEnum


class ListedReason(StrEnum):
    """What is known of a listed key."""

    COMPROMISED = "compromised"  # its private half is known to others
    WEAK = "weak"  # made by faulty software
    PUBLISHED = "published"  # a test or default key that anybody can download
    OTHER = "other"
