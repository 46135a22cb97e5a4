"""Addresses of the portal (GUICHET_PORT)."""

from django.urls import include, path

urlpatterns = [
    path("", include("guichet.web.urls")),
    path("", include("guichet.validation.urls")),
    path("connexion/", include("guichet.identities.urls")),
    path("habilitations/", include("guichet.habilitations.urls")),
    path("gestion/", include("guichet.backoffice.urls")),
    path("", include("guichet.backoffice.announcement_urls")),
    path("gestion/dossiers/", include("guichet.habilitations.instruction_urls")),
    path("gestion/incidents/", include("guichet.orders.incident_urls")),
    path("gestion/signatures/", include("guichet.orders.signing_urls")),
    path("produits/", include("guichet.orders.urls")),
    path("courriers/", include("guichet.notifications.urls")),
    path("conditions/", include("guichet.terms.urls")),
    path("essais/", include("guichet.samples.urls")),
    path("associations/", include("guichet.associations.urls")),
    path("automates/", include("guichet.automation.machines.urls")),
    path("acme/", include("guichet.automation.acme.urls")),
    path("api/v1/", include("guichet.automation.urls")),
    path("aide/api/", include("guichet.automation.help_urls")),
]
handler400 = "guichet.web.views.bad_request"
handler403 = "guichet.web.views.permission_denied"
handler404 = "guichet.web.views.page_not_found"
handler500 = "guichet.web.views.server_error"
