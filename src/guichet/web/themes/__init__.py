"""What pages wear instead of the neutral theme, chosen for the whole site (GUICHET_THEME).

A theme has templates of its own where another structure is wanted (`dsfr/`), other class names
everywhere else (`classes`), and static files that a package brings (`files`): no template of an app
knows of it.
"""
