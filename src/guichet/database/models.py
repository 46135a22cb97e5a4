"""No table of its own: what is here is about the tables of all the apps."""
