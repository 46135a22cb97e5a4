"""What the REST API remembers."""
