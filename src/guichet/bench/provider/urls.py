"""Addresses that servers call with their certificate, under /psc/ of the bench."""

from django.urls import path

from guichet.bench.provider import views

app_name = "psc"
urlpatterns = [
    path("token", views.exchange, name="token"),
    path("userinfo", views.tell_user, name="userinfo"),
    path("introspect", views.introspect, name="introspection"),
    path("revoke", views.revoke, name="revocation"),
    path("diagnostic/<slug:code>", views.explain, name="diagnostic"),
]
