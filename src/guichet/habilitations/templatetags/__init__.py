"""Tags that pages of habilitations alone use."""
