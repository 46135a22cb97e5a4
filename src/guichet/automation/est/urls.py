"""Addresses under /.well-known/est/ of the card port: a function, after a label or none."""

from typing import Final

from django.urls import path, re_path
from django.urls.resolvers import URLPattern

from guichet.automation.est import views
from guichet.automation.est.enrolling import ENROL, RENEW

app_name = "est"
LABELS: Final = ("", "<str:label>/")

urlpatterns: list[URLPattern] = [
    pattern
    for label in LABELS
    for pattern in (
        path(f"{label}cacerts", views.ca_certificates),
        path(f"{label}csrattrs", views.csr_attributes),
        path(f"{label}{ENROL}", views.simple, {"function": ENROL}),
        path(f"{label}{RENEW}", views.simple, {"function": RENEW}),
        path(f"{label}serverkeygen", views.absent),
        path(f"{label}fullcmc", views.absent),
    )
]
urlpatterns.append(re_path(r"^(?P<rest>.*)$", views.unknown))
