"""Views of the back office, by subject."""
