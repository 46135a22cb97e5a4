"""Pages of machine accounts."""
