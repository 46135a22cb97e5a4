"""Addresses of the port that asks for a client certificate (GUICHET_CARD_PORT)."""

from django.urls import include, path

urlpatterns = [
    path("", include("guichet.web.urls")),
    path("carte/", include("guichet.identities.card_urls")),
    path(".well-known/est/", include("guichet.automation.est.urls")),
    path("api/v1/", include("guichet.automation.urls")),
    path(".well-known/", include("guichet.automation.discovery_urls")),
]
handler400 = "guichet.web.views.bad_request"
handler403 = "guichet.web.views.permission_denied"
handler404 = "guichet.web.views.page_not_found"
handler500 = "guichet.web.views.server_error"
