"""Addresses under /automates/ of the portal."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
