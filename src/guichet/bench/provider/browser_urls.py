"""Addresses that browsers meet, at the root of the provider's own port."""

from django.urls import path

from guichet.bench.provider import views

app_name = "provider"
urlpatterns = [
    path("", views.show_root, name="root"),
    path(".well-known/openid-configuration", views.discover, name="discovery"),
    path("certs", views.show_keys, name="keys"),
    path("auth", views.authorize, name="authorization"),
    path("logout", views.sign_out, name="logout"),
]
