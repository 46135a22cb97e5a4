"""Every tag and filter that a text written in the back office may use, and no other.

They are Django's own; this library is the only one that the engine of those texts knows.
"""

from typing import Final

from django.template import Library, defaultfilters, defaulttags, loader_tags

register = Library()
register.tag("if", defaulttags.do_if)
register.tag("for", defaulttags.do_for)
register.tag("include", loader_tags.do_include)
FILTERS: Final = ("add", "date", "default", "join", "length", "lower", "upper")
for name in FILTERS:
    register.filter(name, getattr(defaultfilters, name))

TAGS: Final = ("if", "elif", "else", "endif", "for", "empty", "endfor", "include")
