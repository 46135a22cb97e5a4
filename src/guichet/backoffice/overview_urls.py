"""Addresses of the overview: state, authorities, profiles, search, statistics."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
