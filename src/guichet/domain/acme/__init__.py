"""Rules of ACME (RFC 8555, RFC 9773): identifiers, states, validations, renewal windows."""
