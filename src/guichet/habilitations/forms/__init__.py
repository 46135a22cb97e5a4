"""Forms of dossiers and of rights."""
