"""Addresses that every listener of Guichet serves."""

from django.urls import path

from guichet.web import views

urlpatterns = [
    path("", views.show_home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.show_metrics, name="metrics"),
    path("langue/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("aide/", views.show_help, name="help"),
    path("aide/refus/", views.show_refusals, name="refusals"),
    path("mentions-legales/", views.show_legal, name="legal"),
    path("accessibilite/", views.show_accessibility, name="accessibility"),
    path("style/", views.show_style, name="style"),
]
