"""The journal of all acts: chained, a Merkle log, stamped, witnessed."""
