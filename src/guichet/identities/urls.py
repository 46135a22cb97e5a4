"""Addresses of login on the portal, under /connexion/."""

from django.urls import path

from guichet.identities.views import card_handover, ecps, login

app_name = "identities"
urlpatterns = [
    path("", login.choose, name="login"),
    path("fin/", login.end, name="logout"),
    path("carte/", card_handover.begin, name="card"),
    path("carte/retour", card_handover.finish, name="card-return"),
    path("ecps/", ecps.begin, name="ecps"),
    path("ecps/retour", ecps.finish, name="ecps-return"),
]
