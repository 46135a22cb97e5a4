"""Checks what the counter proves of a certificate, with nothing of the counter."""

__version__ = "0.1.0"
