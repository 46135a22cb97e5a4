"""Addresses of F413 on the portal, under /habilitations/: applicants, then representatives."""

from django.urls import include, path

app_name = "habilitations"
urlpatterns = [
    path("", include("guichet.habilitations.applicant_urls")),
    path("", include("guichet.habilitations.exchange_urls")),
    path("", include("guichet.habilitations.recovery_urls")),
    path("", include("guichet.habilitations.rights_urls")),
    path("", include("guichet.habilitations.trial_urls")),
]
