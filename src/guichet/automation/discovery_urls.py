"""What programs look for at the card port, under /.well-known/ (RFC 8615)."""

from django.urls import path

from guichet.automation.views import oauth

urlpatterns = [
    path("oauth-authorization-server", oauth.show_metadata, name="oauth_metadata"),
]
