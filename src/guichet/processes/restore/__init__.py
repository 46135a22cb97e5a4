"""Putting a backup in place, comparing it with what was published, confirming what was lost."""
