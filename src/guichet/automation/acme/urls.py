"""Addresses under /acme/ of the portal."""

from django.urls import path

from guichet.automation.acme import renewal_info
from guichet.automation.acme.views import accounts, authorizations, directory, orders

app_name = "acme"
urlpatterns = [
    path("directory", directory.directory, name="directory"),
    path("new-nonce", directory.new_nonce, name="new-nonce"),
    path("new-account", accounts.new_account, name="new-account"),
    path("new-order", orders.new_order, name="new-order"),
    path("revoke-cert", orders.revoke, name="revoke-cert"),
    path("key-change", accounts.key_change, name="key-change"),
    path("account/<uuid:key>", accounts.account, name="account"),
    path("account/<uuid:key>/orders", accounts.orders, name="orders"),
    path("order/<uuid:key>", orders.order, name="order"),
    path("order/<uuid:key>/finalize", orders.finalize, name="finalize"),
    path("authorization/<uuid:key>", authorizations.authorization, name="authorization"),
    path("challenge/<uuid:key>", authorizations.challenge, name="challenge"),
    path("certificate/<uuid:key>", orders.certificate, name="certificate"),
    path("certificate/<uuid:key>/<int:rank>", orders.certificate, name="certificate-chain"),
    path("renewal-info", renewal_info.show, {"cert_id": ""}, name="renewal-info"),
    path("renewal-info/<str:cert_id>", renewal_info.show, name="renewal-info-of"),
]
