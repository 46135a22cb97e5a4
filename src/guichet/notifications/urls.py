"""Addresses of the demo's mailbox, under /courriers/."""

from django.urls import path

from guichet.notifications.views import mailbox

app_name = "notifications"
urlpatterns = [
    path("", mailbox.mails, name="mails"),
    path("<uuid:key>/", mailbox.mail, name="mail"),
    path("<uuid:key>/<int:rank>/", mailbox.enclosure, name="enclosure"),
]
