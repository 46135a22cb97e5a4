"""What is written to people: e-mails, terms, announcements."""
