"""Addresses of the bench, at the root of its own port."""

from django.urls import path

from guichet.bench.views import certificates, handshake, kept, ready, server

app_name = "bench"
urlpatterns = [
    path("", handshake.show, name="handshake"),
    path("readyz", ready.readyz, name="readyz"),
    path("serveur/", server.show, name="server"),
    path("certificats/", certificates.show, name="certificates"),
    path("certificats/laboratoire.pem", certificates.laboratory, name="laboratory"),
    path("certificats/<slug:slug>.<str:form>", certificates.download, name="certificate"),
    path("diagnostics/", kept.keep, name="keep"),
    path("diagnostics/<str:reading>/", kept.show, name="kept"),
    path("diagnostics/<str:reading>/<str:deleting>/", kept.own, name="own"),
    path("api/server", server.call, name="server_api"),
    path("api/diagnostics", kept.call, name="keep_api"),
    path("api/diagnostics/<str:reading>/", kept.read, name="kept_api"),
    path("api/diagnostics/<str:reading>/<str:deleting>/", kept.remove, name="own_api"),
]
