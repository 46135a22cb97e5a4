"""Addresses under /acme/ of the portal."""

from django.urls import path

from guichet.automation.acme import renewal_info
from guichet.automation.acme.views import accounts, directory

app_name = "acme"
urlpatterns = [
    path("directory", directory.directory, name="directory"),
    path("new-nonce", directory.new_nonce, name="new-nonce"),
    path("new-account", accounts.new_account, name="new-account"),
    path("new-order", accounts.account, name="new-order"),
    path("revoke-cert", accounts.account, name="revoke-cert"),
    path("key-change", accounts.key_change, name="key-change"),
    path("account/<uuid:key>", accounts.account, name="account"),
    path("account/<uuid:key>/orders", accounts.orders, name="orders"),
    path("renewal-info", renewal_info.show, {"cert_id": ""}, name="renewal-info"),
    path("renewal-info/<str:cert_id>", renewal_info.show, name="renewal-info-of"),
]
