"""Addresses of rights, card renewals, delegations and domains."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
