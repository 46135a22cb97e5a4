"""EST enrolments that wait (RFC 7030)."""
