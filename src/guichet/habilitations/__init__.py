"""Who may order what: dossiers, their instruction, rights, delegations, domains."""
