"""X.509, CMS, OCSP and CRL as octets: read strictly, written to the letter."""
