"""A bench that calls and is called by mutual TLS, and says what it saw."""
