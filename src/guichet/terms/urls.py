"""Addresses of what people agree to, under /conditions/."""

from django.urls import path

from guichet.terms import views

app_name = "terms"
urlpatterns = [
    path("", views.list_documents, name="list"),
    path("<slug:kind>/", views.show_current, name="current"),
    path("<slug:kind>/<str:number>/", views.show_version, name="version"),
]
