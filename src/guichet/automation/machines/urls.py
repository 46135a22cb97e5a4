"""Addresses under /automates/ of the portal."""

from django.urls import include, path

from guichet.automation.machines import accesses, health, views

app_name = "automates"

ONE = "<uuid:key>/"
urlpatterns = [
    path("", views.show_accounts, name="accounts"),
    path("nouveau/", views.open_account, name="new"),
    path("sante/", health.show_health, name="health"),
    path("webhooks/", include("guichet.automation.webhooks.urls")),
    path(ONE, views.show_account, name="account"),
    path(f"{ONE}modifier/", views.change_account, name="change"),
    path(f"{ONE}desactiver/", views.disable, name="disable"),
    path(f"{ONE}reactiver/", views.enable, name="enable"),
    path(f"{ONE}acces/certificat/", accesses.bind, name="bind"),
    path(f"{ONE}acces/<uuid:credential>/revoquer/", accesses.revoke, name="revoke"),
    *(
        path(f"{ONE}acces/{kind}/", accesses.make_secret, {"kind": kind}, name=kind)
        for kind in accesses.KINDS
    ),
]
