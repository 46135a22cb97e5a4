"""Orders of certificates and the products that they give, to their revocation."""
