"""The programs that make up an instance, and what its operator runs."""
