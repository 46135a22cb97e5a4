"""The rules of the field, pure: no framework, no clock, no database."""
