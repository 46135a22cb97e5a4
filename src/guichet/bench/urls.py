"""Addresses of the bench, at the root of its own port."""

from django.urls import path

from guichet.bench.views import handshake

app_name = "bench"
urlpatterns = [path("", handshake.show, name="handshake")]
