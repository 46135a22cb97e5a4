"""Addresses under /acme/ of the portal."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
