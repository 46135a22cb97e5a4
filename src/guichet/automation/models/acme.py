"""ACME accounts, orders and authorizations (RFC 8555)."""
