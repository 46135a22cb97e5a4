"""Addresses of typing, depositing and sharing a dossier."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
