"""The reference pages of the API, read from its own description."""
