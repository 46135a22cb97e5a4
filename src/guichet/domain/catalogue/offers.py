"""What can be ordered: offers designate a kind of subject, usages what the key is for."""

from enum import StrEnum


class Offer(StrEnum):
    """Who or what a certificate designates."""

    ORG = "ORG"  # a service or a legal person of a structure
    SERV = "SERV"  # a server, or a mail domain, of a structure
    PRO = "PRO"  # a natural person of a structure
    PS = "PS"  # a health professional


class Usage(StrEnum):
    """What the key is for. Not every offer has every usage: see the profiles."""

    AUTH_CLI = "AUTH_CLI"
    SSL_SERV = "SSL_SERV"
    SMIME = "SMIME"
    AUTH = "AUTH"
    SIGN = "SIGN"
    CONF = "CONF"
