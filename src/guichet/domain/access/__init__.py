"""Rules of who works at the counter: roles given by two persons, reviews, emergencies, sessions."""
