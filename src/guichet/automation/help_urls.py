"""Addresses of the help about the API, under /aide/api/ of the portal."""

from django.urls import path

from guichet.automation.views.reference import show_reference

urlpatterns = [path("", show_reference, name="api_reference")]
