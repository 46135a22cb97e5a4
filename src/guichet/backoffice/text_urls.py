"""Addresses of what is written to people: mails, terms, announcements."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
