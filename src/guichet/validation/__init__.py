"""What tells relying parties of revocations: lists, OCSP answers, and their watch."""
