"""Addresses of the back office, under /gestion/."""

from django.urls import include, path

app_name = "backoffice"
urlpatterns = [
    path("", include("guichet.backoffice.overview_urls")),
    path("acces/", include("guichet.backoffice.access_urls")),
    path("textes/", include("guichet.backoffice.text_urls")),
]
