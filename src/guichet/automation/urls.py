"""Addresses of the API, under /api/v1/ of the portal (description) and of the card port (use)."""

from django.urls import path

from guichet.automation.api import api

urlpatterns = [path("", api.urls)]
