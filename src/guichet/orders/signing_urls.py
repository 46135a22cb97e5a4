"""Address of the signer's queue, under /gestion/signatures/."""

from django.urls import path

from guichet.orders.views.signing_queue import show_queue

app_name = "signing"
urlpatterns = [path("", show_queue, name="queue")]
