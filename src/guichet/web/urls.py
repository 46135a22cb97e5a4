"""Addresses that every listener of Guichet serves."""

from django.urls import path

from guichet.web import places, views
from guichet.web.help import views as help_views

places.take()
urlpatterns = [
    path("", views.show_home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.show_metrics, name="metrics"),
    path("langue/", views.set_language, name="set_language"),
    path("theme/", views.set_theme, name="set_theme"),
    path("aide/", help_views.show_help, name="help"),
    path("aide/questions/<slug:slug>/", help_views.show_answer, name="help_answer"),
    path("aide/glossaire/", help_views.show_glossary, name="glossary"),
    path("aide/refus/", views.show_refusals, name="refusals"),
    path("mentions-legales/", views.show_legal, name="legal"),
    path("accessibilite/", views.show_accessibility, name="accessibility"),
    path("style/", views.show_style, name="style"),
]
