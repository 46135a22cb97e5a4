"""Addresses of announcements, for everybody."""

from django.urls import path

from guichet.backoffice.views import announcements

app_name = "announcements"
urlpatterns = [
    path("annonces/", announcements.list_announcements, name="list"),
    path("annonces/<int:number>/fermer/", announcements.close, name="close"),
    path("annonces.atom", announcements.atom, name="atom"),
    path("annonces.json", announcements.feed, name="json"),
]
