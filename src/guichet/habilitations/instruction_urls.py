"""Addresses of instruction, under /gestion/dossiers/."""

from django.urls import URLPattern

app_name = "instruction"
urlpatterns: list[URLPattern] = []
