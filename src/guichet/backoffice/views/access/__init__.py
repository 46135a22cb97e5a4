"""Pages of access: who holds which role, requests, reviews, emergencies."""
