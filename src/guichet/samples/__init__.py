"""Test certificates made on demand, good and wrong, to try a server of one's own with."""
