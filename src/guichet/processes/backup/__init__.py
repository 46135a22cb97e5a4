"""Backups: a consistent copy of the state, encrypted, that can be verified elsewhere."""
