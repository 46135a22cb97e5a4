"""Services of structures that relying parties know, and the certificates they present there."""
