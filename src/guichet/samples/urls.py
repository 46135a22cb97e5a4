"""Addresses under /essais/ of the portal."""

from django.urls import path

from guichet.samples import views

app_name = "samples"
urlpatterns = [
    path("", views.show_samples, name="samples"),
    path("<uuid:key>.zip", views.download, name="archive"),
]
