"""Addresses of the API, under /api/v1/ of the portal and of the card port."""

from django.urls import path

from guichet.automation.api import api
from guichet.automation.views import associations, oauth

urlpatterns = [
    path("oauth/token", oauth.give_token, name="oauth_token"),
    path("associations/published", associations.show_published, name="published_associations"),
    path("", api.urls),
]
