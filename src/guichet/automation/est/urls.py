"""Addresses under /.well-known/est/ of the card port."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
