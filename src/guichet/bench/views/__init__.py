"""Pages of the bench, and its servers that others call."""
