"""Addresses of the signer's queue, under /gestion/signatures/."""

from django.urls import path

from guichet.orders.views import signing_queue

app_name = "signing"
urlpatterns = [
    path("", signing_queue.show_queue, name="queue"),
    path("preparer/", signing_queue.prepare, name="prepare"),
    path("confirmer/", signing_queue.confirm, name="confirm"),
]
