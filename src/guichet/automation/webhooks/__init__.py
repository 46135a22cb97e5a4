"""Signed notices to programs of a structure."""
