"""The F413: what is typed, what is declared, checks, states, who may see and act."""
