"""The texts of e-mails: what came with the counter, and the versions that staff write instead."""
