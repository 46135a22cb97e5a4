"""Addresses of the public status of the validation service."""

from django.urls import path

from guichet.validation import views

urlpatterns = [
    path("etat/", views.show_status, name="status"),
    path("etat.json", views.status_json, name="status_json"),
]
