"""Addresses of the API, under /api/v1/ of the portal and of the card port."""

from django.urls import path

from guichet.automation.api import api
from guichet.automation.views import oauth

urlpatterns = [
    path("oauth/token", oauth.give_token, name="oauth_token"),
    path("", api.urls),
]
