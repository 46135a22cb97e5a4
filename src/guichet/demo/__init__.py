"""The demo: invented people, registers and certificates around the real processes."""
