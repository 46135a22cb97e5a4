"""Pages of the demo's mailbox."""
