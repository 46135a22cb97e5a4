"""The pages of operators in an incident, under /gestion/incidents/."""
