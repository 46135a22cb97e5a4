"""E-mails: written with the act that causes them, sent once, kept for a time."""
