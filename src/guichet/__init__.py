"""Guichet: the counter where health organisations obtain, use, renew and revoke certificates."""
