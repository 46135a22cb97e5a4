"""Ceremonies of keys: plans, steps, shares of a secret, transcripts."""
