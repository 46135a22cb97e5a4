"""Who is there: cards, providers of identity, passwords, sessions, roles."""
