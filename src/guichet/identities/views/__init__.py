"""Pages by which people come in, leave and keep their account."""
