"""Load of the whole: people who order at once at a counter laid out as in production."""
