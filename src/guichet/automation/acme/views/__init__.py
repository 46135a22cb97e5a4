"""ACME's addresses, by what they are about."""
