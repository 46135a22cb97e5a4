"""The counter for programs: REST, ACME, EST, webhooks, and the accounts that use them."""
