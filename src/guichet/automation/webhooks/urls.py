"""Addresses under /automates/webhooks/ of the portal."""

from django.urls import path

from guichet.automation.webhooks import acts, views

app_name = "webhooks"

ONE = "<uuid:key>/"
urlpatterns = [
    path("", views.show_hooks, name="hooks"),
    path("nouveau/", views.make_hook, name="new"),
    path(ONE, views.show_hook, name="hook"),
    path(f"{ONE}etat/", views.state, name="state"),
    path(f"{ONE}modifier/", views.change_hook, name="change"),
    path(f"{ONE}cle/", views.rotate_key, name="key"),
    path(f"{ONE}supprimer/", views.delete_hook, name="delete"),
    path(f"{ONE}essayer/", acts.ping, name="ping"),
    path(f"{ONE}suspendre/", acts.pause, name="pause"),
    path(f"{ONE}reprendre/", acts.resume, name="resume"),
    path(f"{ONE}envois/<uuid:delivery>/", views.show_delivery, name="delivery"),
    path(f"{ONE}envois/<uuid:delivery>/renvoyer/", acts.send_again, name="again"),
]
