"""The pages of instructors and supervisors, under /gestion/dossiers/."""
