"""Addresses of the overview: state, authorities, profiles, search, statistics."""

from django.urls import path

from guichet.backoffice.views import (
    authorities,
    dashboard,
    profiles,
    searching,
    sheets,
    statistics,
)

urlpatterns = [
    path("", dashboard.show_dashboard, name="dashboard"),
    path("demandes/", dashboard.list_orders, name="orders"),
    path("produits/", dashboard.list_products, name="products"),
    path("files/", dashboard.list_queues, name="queues"),
    path("autorites/", authorities.list_authorities, name="authorities"),
    path("autorites/<str:code>/", authorities.show_authority, name="authority"),
    path(
        "autorites/<str:code>/certificat.pem",
        authorities.download_certificate,
        name="authority-certificate",
    ),
    path("profils/", profiles.list_profiles, name="profiles"),
    path("profils/comparer/", profiles.compare, name="compare"),
    path("profils/<slug:name>/", profiles.show_profile, name="profile"),
    path("profils/<slug:name>/simuler/", profiles.simulate, name="simulate"),
    path("statistiques/", statistics.show_statistics, name="statistics"),
    path("statistiques/export.csv", statistics.export_csv, name="statistics-csv"),
    path("statistiques/export.xlsx", statistics.export_xlsx, name="statistics-xlsx"),
    path("statistiques/export.ods", statistics.export_ods, name="statistics-ods"),
    path("recherche/", searching.search, name="search"),
    path("fiches/<slug:kind>/<path:ref>/", sheets.show_sheet, name="sheet"),
]
