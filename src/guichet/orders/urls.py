"""Addresses of the four verbs, under /produits/."""

from django.urls import path

from guichet.orders.views import (
    contacts,
    downloads,
    expiring,
    installing,
    keys,
    ordering,
    products,
    proving,
    rekeying,
    renewing,
    revoking,
    tracking,
    withdrawing,
)

app_name = "orders"
urlpatterns = [
    path("", products.show_products, name="products"),
    path("demander/", ordering.start, name="start"),
    path("demander/<uuid:key>/1/", ordering.offer_step, name="step-1"),
    path("demander/<uuid:key>/2/", ordering.renewal_step, name="step-2"),
    path("demander/<uuid:key>/3/", ordering.information_step, name="step-3"),
    path("demander/<uuid:key>/4/", ordering.csr_step, name="step-4"),
    path("demander/<uuid:key>/fin/", ordering.finished, name="finished"),
    path("demander/<uuid:key>/abandonner/", ordering.discard, name="discard"),
    path("retirer/", withdrawing.list_available, name="withdrawals"),
    path("retirer/<int:number>/", withdrawing.withdraw, name="withdraw"),
    path("retirer/<int:number>/nouvelle-cle/", rekeying.rekey, name="rekey"),
    path("suivre/", tracking.list_orders, name="orders"),
    path("suivre/parc/", tracking.list_products, name="inventory"),
    path("suivre/demandes/<int:number>/", tracking.show_order, name="order"),
    path("suivre/demandes/<int:number>/etat/", tracking.order_state, name="order-state"),
    path("suivre/demandes/<int:number>/annuler/", tracking.cancel, name="cancel"),
    path("suivre/parc/<int:number>/", tracking.show_product, name="product"),
    path("suivre/parc/<int:number>/installer/", installing.install, name="install"),
    path("suivre/parc/<int:number>/preuve/", proving.prove, name="prove"),
    path("suivre/parc/<int:number>/renouveler/", renewing.renew, name="renew"),
    path("suivre/parc/<int:number>/renouveler/fait/", renewing.renewed, name="renewed"),
    path("suivre/parc/<int:number>/contacts/", contacts.show_contacts, name="contacts"),
    path(
        "suivre/parc/<int:number>/echeance.ics", expiring.product_calendar, name="product-calendar"
    ),
    path("suivre/echeances/", expiring.show_expiries, name="expiries"),
    path("suivre/echeances.ics", expiring.calendar, name="calendar"),
    path("suivre/echeances/abonnements/", expiring.make_link, name="calendar-link"),
    path("suivre/echeances/abonnements/<uuid:key>/", expiring.end_link, name="calendar-link-end"),
    path("calendriers/<str:token>/echeances.ics", expiring.followed, name="calendar-followed"),
    path("rappels/<int:contact>/<str:signature>/", contacts.leave, name="leave"),
    path("suivre/parc/<int:number>/<str:name>", downloads.download, name="download"),
    path("cles/", keys.show_keys, name="keys"),
    path("cles/etats/", keys.key_states, name="key-states"),
    path("revoquer/", revoking.list_revocable, name="revocations"),
    path("revoquer/code/", revoking.revoke_by_code, name="revoke-by-code"),
    path("revoquer/<int:number>/", revoking.choose_motive, name="revoke"),
    path("revoquer/<int:number>/confirmer/", revoking.confirm, name="revoke-confirm"),
    path("revoquer/<int:number>/fait/", revoking.done, name="revoke-done"),
]
