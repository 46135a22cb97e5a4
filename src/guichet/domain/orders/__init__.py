"""Orders and products: requests, groups, states, renewals, revocations, incidents."""
