"""Proofs that an ACME client holds a name, looked for in the network (RFC 8555 §8)."""
