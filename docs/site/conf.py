"""How the documentation's site is built: once for each language, from what stage.py laid out."""

import os

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

LANGUAGE = os.environ["GUICHET_DOCS_LANGUAGE"]
TITLES = {"fr": "Guichet, documentation", "en": "Guichet, documentation"}
OTHERS = {"fr": ("en", "English"), "en": ("fr", "Français")}

project = "Guichet"
language = LANGUAGE
html_title = TITLES[LANGUAGE]
# No date and no machine in the pages: the same sources give the same site.
html_last_updated_fmt = None

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["deflist"]
# As deep as the pages' headings go: fragments are those that forges make.
myst_heading_anchors = 5
# Sub-headings of a decision's file may skip a level; forges show them all the same.
suppress_warnings = ["myst.header"]
highlight_language = "none"
# Quotes and dashes are typed as they are to be read; options begin with two hyphens.
smartquotes = False

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["guichet.css"]
html_js_files = [("scrolling.js", {"defer": "defer"})]
templates_path = ["templates"]
html_copy_source = False
html_show_sphinx = False
# It would name nobody: `copyright` is not set, and the licence stands among the sources.
html_show_copyright = False
html_use_index = False
html_permalinks_icon = "#"
html_theme_options = {"navigation_with_keys": False, "footer_icons": []}
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/languages.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
# What furo says in English alone.
FRENCH = (
    ("\n  Skip to content", "\n  Aller au contenu"),
    ("Skip to content</a>", "Aller au contenu</a>"),
    ("<span>Back to top</span>", "<span>Haut de page</span>"),
    ("            On this page", "            Sur cette page"),
    ('aria-label="Toggle site navigation sidebar"', 'aria-label="Ouvrir ou fermer le menu"'),
    ('aria-label="Toggle table of contents sidebar"', 'aria-label="Ouvrir ou fermer le sommaire"'),
    (
        'aria-label="Toggle Light / Dark / Auto color theme"',
        'aria-label="Changer de thème : clair, sombre, automatique"',
    ),
    ('aria-label="Toggle navigation of ', 'aria-label="Ouvrir ou fermer : '),
    ("<span>Previous</span>", "<span>Précédent</span>"),
    ("<span>Next</span>", "<span>Suivant</span>"),
    ('<div class="title">Home</div>', '<div class="title">Accueil</div>'),
    ("            Made with ", "            Fait avec "),
)
html_context = {
    "other_language": OTHERS[LANGUAGE],
    "theme_words": FRENCH if LANGUAGE == "fr" else (),
}


def without_titles(_app: Sphinx, env: BuildEnvironment) -> None:
    """Forget the titles within pages that show none in the margin: each page copies them all."""
    for name, contents in env.tocs.items():
        if "hide-toc" in env.metadata[name]:
            for item in contents.children:
                item.children[1:] = []


def setup(app: Sphinx) -> None:
    """Show as they stand the languages that Pygments does not know; build in less time."""
    app.add_lexer("haproxy", TextLexer)
    app.connect("env-updated", without_titles)
