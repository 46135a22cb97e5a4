"""Addresses of messages, attachments and papers of a dossier."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
