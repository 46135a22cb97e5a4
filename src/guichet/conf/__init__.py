"""Settings: what is read of the environment, and which addresses each listener serves."""
