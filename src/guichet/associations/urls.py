"""Addresses under /associations/ of the portal."""

from django.urls import path

from guichet.associations import views

app_name = "associations"

ONE = "<uuid:key>/"
urlpatterns = [
    path("", views.show_services, name="services"),
    path("declarer/", views.declare, name="declare"),
    path(ONE, views.show_service, name="service"),
    path(f"{ONE}modifier/", views.change, name="change"),
    path(f"{ONE}associer/", views.attach, name="attach"),
    path(f"{ONE}detacher/<int:product>/", views.detach, name="detach"),
    path(f"{ONE}fermer/", views.close, name="close"),
    path(f"{ONE}remise/<str:name>", views.hand_over, name="hand-over"),
]
