"""What templates know of the person logged in."""

from django.http import HttpRequest

from guichet.identities.actors import Actor


def actor(request: HttpRequest) -> dict[str, Actor | None]:
    """`actor`: the person logged in or None (also on an error raised before our middleware)."""
    return {"actor": getattr(request, "actor", None)}
