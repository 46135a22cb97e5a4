"""The way to one's own account, at the foot of the home page."""

from django.http import HttpRequest

from guichet.web.home import Section


def account_section(request: HttpRequest) -> Section | None:
    """A link for somebody logged in; nothing for visitors."""
    if getattr(request, "actor", None) is None:
        return None
    return Section("identities/home_section.html", order=900)
