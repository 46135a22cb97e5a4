"""Addresses of login on the card port, under /carte/."""

from django.urls import path

from guichet.identities.views import card_port

app_name = "carte"
urlpatterns = [path("connexion", card_port.verify, name="verify")]
