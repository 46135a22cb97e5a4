"""What the automation app stores; read and written by this app alone."""
