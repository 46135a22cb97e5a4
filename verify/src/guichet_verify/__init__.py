"""Checks what the counter proves of a certificate, with nothing of the counter."""

__version__ = "1.0.0"
