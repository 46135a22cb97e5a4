"""Copies of the publication in other places."""
