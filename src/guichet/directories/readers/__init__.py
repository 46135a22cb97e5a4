"""Readers of the official files: they stream, and give rows ready to store or rejected lines."""
