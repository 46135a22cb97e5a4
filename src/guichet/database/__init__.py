"""What the database itself is asked for: roles, grants, guards, erasure by tables."""
